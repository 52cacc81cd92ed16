#pragma once

#include <vector>

#include "kafka/handles.hpp"
#include "pipeline/delivery/ports.hpp"

namespace weir::kafka {

// A librdkafka message as a RawRecord. `headers` holds the headers that the record's span shows; both last as long as
// the message does.
RawRecord view_of(rd_kafka_message_t& message, TopicPartition at, std::vector<Header>& headers);

// Bytes of its key, value and headers.
int64_t size_of(const RawRecord& record);

// Headers as librdkafka takes them (copied); null without any.
rd_kafka_headers_t* headers_of(std::span<const Header> headers);

// Never null, which would mean no value at all.
inline void* start_of(std::string_view bytes) { return const_cast<char*>(bytes.data() ? bytes.data() : ""); }

}  // namespace weir::kafka
