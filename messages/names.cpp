// The names of the enumerations of this room, spelled as in YAML and in jobs.

#include "base/enum_names.hpp"
#include "messages/format.hpp"

namespace weir {
namespace {

constexpr EnumNames<RecordFormat, 3> record_formats{{
    {RecordFormat::flatbuffers, "flatbuffers"},
    {RecordFormat::json, "json"},
    {RecordFormat::text, "text"},
}};

constexpr EnumNames<VectorEncoding, 2> vector_encodings{{
    {VectorEncoding::numbers, "numbers"},
    {VectorEncoding::base64, "base64"},
}};

constexpr EnumNames<Tombstones, 3> tombstone_names{{
    {Tombstones::forward, "forward"},
    {Tombstones::skip, "skip"},
    {Tombstones::reject, "reject"},
}};

constexpr EnumNames<InvalidUtf8, 2> invalid_utf8_names{{
    {InvalidUtf8::reject, "reject"},
    {InvalidUtf8::replace, "replace"},
}};

constexpr EnumNames<Truncate, 3> truncate_names{{
    {Truncate::end, "end"},
    {Truncate::start, "start"},
    {Truncate::none, "none"},
}};

}  // namespace

std::string_view to_string(RecordFormat format) { return name_of(record_formats, format); }
std::string_view to_string(VectorEncoding encoding) { return name_of(vector_encodings, encoding); }
std::string_view to_string(Tombstones tombstones) { return name_of(tombstone_names, tombstones); }
std::string_view to_string(InvalidUtf8 treatment) { return name_of(invalid_utf8_names, treatment); }
std::string_view to_string(Truncate side) { return name_of(truncate_names, side); }

std::optional<RecordFormat> record_format_from_string(std::string_view text) { return value_of(record_formats, text); }
std::optional<VectorEncoding> vector_encoding_from_string(std::string_view text) {
  return value_of(vector_encodings, text);
}
std::optional<Tombstones> tombstones_from_string(std::string_view text) { return value_of(tombstone_names, text); }
std::optional<InvalidUtf8> invalid_utf8_from_string(std::string_view text) {
  return value_of(invalid_utf8_names, text);
}
std::optional<Truncate> truncate_from_string(std::string_view text) { return value_of(truncate_names, text); }

}  // namespace weir
