#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir {

// The fields of the cases that Python writes for a differential test, in order: little-endian numbers, and texts behind
// their length as u32.
class CaseReader {
 public:
  explicit CaseReader(std::string_view bytes) : bytes_(bytes) {}  // which must outlive it and its texts

  bool at_end() const { return at_ == bytes_.size(); }

  template <typename T>
  T number() {
    T value;
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  std::string_view text() {
    const auto size = number<uint32_t>();
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
};

}  // namespace weir
