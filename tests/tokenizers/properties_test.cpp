#include "tokenizers/unicode/properties.hpp"

#include <bit>

#include <gtest/gtest.h>

namespace weir::unicode {
namespace {

constexpr uint64_t categories =
    property::L | property::M | property::N | property::P | property::S | property::Z | property::C;

TEST(PropertiesTest, each_code_point_has_one_category) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c == 0xD800) c = 0xE000;
    ASSERT_EQ(std::popcount(properties(c) & categories), 1) << std::hex << static_cast<uint32_t>(c);
  }
}

TEST(PropertiesTest, named_bits_are_those_of_the_table) {
  EXPECT_EQ(find_property("Lu")->properties, property::Lu);
  EXPECT_EQ(find_property("L")->properties, property::L);
  EXPECT_EQ(find_property("M")->properties, property::M);
  EXPECT_EQ(find_property("Number")->properties, property::N);
  EXPECT_EQ(find_property("Punctuation")->properties, property::P);
  EXPECT_EQ(find_property("s")->properties, property::S);
  EXPECT_EQ(find_property("Z")->properties, property::Z);
  EXPECT_EQ(find_property("C")->properties, property::C);
  EXPECT_EQ(find_property("Cn")->properties, property::Cn);
  EXPECT_EQ(find_property("\\w")->properties, property::word);
  EXPECT_EQ(find_property("\\s")->properties, property::space);
  EXPECT_EQ(find_property("\\d")->properties, property::digit);
}

TEST(PropertiesTest, names_are_compared_loosely) {
  EXPECT_EQ(find_property("old italic")->script, find_property("Old_Italic")->script);
  EXPECT_NE(find_property("Old-Italic")->script, 0);
  EXPECT_FALSE(find_property("Klingon"));
  EXPECT_FALSE(find_property(""));
  EXPECT_FALSE(find_property("[:Alpha:]"));
}

TEST(PropertiesTest, knows_what_oniguruma_knows) {
  EXPECT_TRUE(find_property("Han")->contains(0x4E2D));
  EXPECT_FALSE(find_property("Han")->contains(0x3042));
  EXPECT_TRUE(find_property("Todhri")->contains(0x105C0)) << "Unicode 16";
  EXPECT_FALSE(find_property("Cs")->contains(0x378)) << "no surrogate is in UTF-8";
  EXPECT_TRUE(properties(0x24B6) & property::word) << "circled letters are alphabetic";
  EXPECT_FALSE(properties(0x00B2) & property::word);
  EXPECT_TRUE(properties(0x0085) & property::space);
  EXPECT_FALSE(properties(0x001C) & property::space);
  EXPECT_FALSE(properties(0x200B) & property::space);
}

}  // namespace
}  // namespace weir::unicode
