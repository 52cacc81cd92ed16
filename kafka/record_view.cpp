#include "kafka/record_view.hpp"

namespace weir::kafka {
namespace {

std::string_view view(const void* data, size_t size) { return {size ? static_cast<const char*>(data) : "", size}; }

}  // namespace

RawRecord view_of(rd_kafka_message_t& message, TopicPartition at, std::vector<Header>& headers) {
  RawRecord record;
  record.at = at;
  record.offset = Offset{message.offset};
  if (message.key) record.key = view(message.key, message.key_len);
  if (message.payload) record.value = view(message.payload, message.len);
  rd_kafka_timestamp_type_t type;
  record.timestamp_ms = rd_kafka_message_timestamp(&message, &type);
  headers.clear();
  if (rd_kafka_headers_t* found = nullptr; !rd_kafka_message_headers(&message, &found)) {
    const char* name = nullptr;
    const void* value = nullptr;
    size_t size = 0;
    for (size_t i = 0; !rd_kafka_header_get_all(found, i, &name, &value, &size); ++i)
      headers.push_back({name, value ? std::optional(view(value, size)) : std::nullopt});
  }
  record.headers = headers;
  return record;
}

int64_t size_of(const RawRecord& record) {
  size_t bytes = (record.key ? record.key->size() : 0) + (record.value ? record.value->size() : 0);
  for (const Header& header : record.headers) bytes += header.name.size() + (header.value ? header.value->size() : 0);
  return static_cast<int64_t>(bytes);
}

rd_kafka_headers_t* headers_of(std::span<const Header> headers) {
  if (headers.empty()) return nullptr;
  rd_kafka_headers_t* copies = rd_kafka_headers_new(headers.size());
  for (const Header& header : headers)
    rd_kafka_header_add(copies, header.name.data(), static_cast<ssize_t>(header.name.size()),
                        header.value ? start_of(*header.value) : nullptr,
                        header.value ? static_cast<ssize_t>(header.value->size()) : 0);
  return copies;
}

}  // namespace weir::kafka
