#include "base/log.hpp"

#include <gtest/gtest.h>

namespace weir {

TEST(Log, text_lines_carry_event_and_quoted_fields) {
  log_setup(LogLevel::info, LogFormat::text);
  testing::internal::CaptureStderr();
  log_info("consumer_assigned", {{"topic", "documents"}, {"partitions", 4}, {"note", "two words"}});
  log_debug("hidden");
  const auto line = testing::internal::GetCapturedStderr();
  EXPECT_NE(line.find("info  consumer_assigned topic=documents partitions=4 note=\"two words\"\n"), std::string::npos)
      << line;
  EXPECT_EQ(line.find("hidden"), std::string::npos);
}

TEST(Log, json_lines_escape_what_they_carry) {
  log_setup(LogLevel::info, LogFormat::json);
  testing::internal::CaptureStderr();
  log_warn("bad_record", {{"value", "a\"b\nc\x01"}});
  const auto line = testing::internal::GetCapturedStderr();
  EXPECT_NE(line.find(R"("event":"bad_record","value":"a\"b\nc\u0001"})"), std::string::npos) << line;
  log_setup(LogLevel::info, LogFormat::text);
}

}  // namespace weir
