#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "messages/job.hpp"

namespace weir {

// How records look on the wire, spelled as in YAML.
enum class RecordFormat : uint8_t { flatbuffers, json, text };
enum class VectorEncoding : uint8_t { numbers, base64 };    // how JSON carries vectors
enum class Tombstones : uint8_t { forward, skip, reject };  // what becomes of a record without a value
enum class InvalidUtf8 : uint8_t { reject, replace };       // replace: U+FFFD for each maximal invalid part

std::string_view to_string(RecordFormat format);
std::string_view to_string(VectorEncoding encoding);
std::string_view to_string(Tombstones tombstones);
std::string_view to_string(InvalidUtf8 treatment);
std::string_view to_string(Truncate side);

std::optional<RecordFormat> record_format_from_string(std::string_view text);
std::optional<VectorEncoding> vector_encoding_from_string(std::string_view text);
std::optional<Tombstones> tombstones_from_string(std::string_view text);
std::optional<InvalidUtf8> invalid_utf8_from_string(std::string_view text);
std::optional<Truncate> truncate_from_string(std::string_view text);

// The longest value that is decoded unless a stage says otherwise; longer ones fail as decode_error.
constexpr size_t max_value_bytes = 32 << 20;

}  // namespace weir
