#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "messages/field_map.hpp"

namespace weir {

TEST(Docs, name_every_field_of_a_job) {
  std::ostringstream page;
  page << std::ifstream(WEIR_SOURCE_DIR "/docs/messages.md").rdbuf();
  EXPECT_EQ(job_field_names().size(), static_cast<size_t>(JobField::metadata) + 1);
  for (const auto name : job_field_names()) {
    EXPECT_NE(page.str().find("`" + std::string(name) + "`"), std::string::npos)
        << name << " is not in docs/messages.md";
  }
}

}  // namespace weir
