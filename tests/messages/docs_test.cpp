#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "messages/field_map.hpp"

namespace weir {

TEST(Docs, name_every_field_of_a_job) {
  std::ostringstream page;
  page << std::ifstream(WEIR_SOURCE_DIR "/docs/messages.md").rdbuf();
  for (int i = 0; i <= static_cast<int>(JobField::metadata); ++i) {
    const auto name = to_string(static_cast<JobField>(i));
    EXPECT_EQ(job_field_from_string(name), static_cast<JobField>(i));
    EXPECT_NE(page.str().find("`" + std::string(name) + "`"), std::string::npos)
        << name << " is not in docs/messages.md";
  }
}

}  // namespace weir
