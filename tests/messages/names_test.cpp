#include <gtest/gtest.h>

#include "messages/format.hpp"

namespace weir {

TEST(Names, of_formats_read_back) {
  for (auto format : {RecordFormat::flatbuffers, RecordFormat::json, RecordFormat::text})
    EXPECT_EQ(record_format_from_string(to_string(format)), format);
  for (auto encoding : {VectorEncoding::numbers, VectorEncoding::base64})
    EXPECT_EQ(vector_encoding_from_string(to_string(encoding)), encoding);
  for (auto what : {Tombstones::forward, Tombstones::skip, Tombstones::reject})
    EXPECT_EQ(tombstones_from_string(to_string(what)), what);
  for (auto what : {InvalidUtf8::reject, InvalidUtf8::replace})
    EXPECT_EQ(invalid_utf8_from_string(to_string(what)), what);
  for (auto side : {Truncate::end, Truncate::start, Truncate::none})
    EXPECT_EQ(truncate_from_string(to_string(side)), side);
  EXPECT_FALSE(record_format_from_string("JSON"));
  EXPECT_FALSE(truncate_from_string(""));
}

}  // namespace weir
