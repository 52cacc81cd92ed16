// The real model through a real Kafka: the vectors are those of the reference.
#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "kafka/client.hpp"
#include "messages/encode.hpp"
#include "tests/golden/golden.hpp"
#include "tests/golden/temp_dir.hpp"
#include "tests/integration/broker.hpp"
#include "tests/integration/documents.hpp"
#include "tests/integration/process.hpp"
#include "tests/integration/stream_check.hpp"

namespace weir::test {
namespace {

using std::chrono::seconds;

constexpr size_t documents = 3000;
constexpr size_t apart =
    90;  // every so many records one whose vector is known: in batches with all kinds of neighbours

// 3 000 records whose embeddings sentence-transformers computed in fp64: twice its own fp32 error bounds ours. Every
// 90th is a text whose whole vector is known, of the others some projections.
TEST(MiniLm, three_thousand_documents_have_the_references_vectors) {
  auto& broker = Broker::instance();
  const auto golden = golden::load_minilm();
  const auto texts = descriptions(documents, 2000);
  const auto input = broker.create_topic("minilm-in", 4);
  const auto output = broker.create_topic("minilm-out", 4);
  const auto letters = broker.create_topic("minilm-letters", 1);
  auto writer = kafka::RecordWriter::open(broker.properties(), seconds(30));
  ASSERT_TRUE(writer) << writer.error().message;
  for (size_t i = 0; i < documents; ++i) {
    const bool known = i % apart == 0 && i / apart < golden.texts.size();
    Job job;
    const auto key = known ? fmt::format("golden-{}", i / apart) : fmt::format("doc-{}", i);
    job.id = key;
    job.text = known ? golden.texts[i / apart] : texts[i];
    const auto value = encode_job(job, RecordFormat::flatbuffers);
    ASSERT_TRUE(value) << value.error().message;
    OutRecord record;
    record.topic = input;
    record.key = key;
    record.value = *value;
    ASSERT_TRUE((*writer)->write(record, static_cast<int32_t>(i % 4)));
  }
  ASSERT_TRUE((*writer)->flush(seconds(60)));

  golden::TempDir dir;
  const auto config = dir.write("minilm.yaml", fmt::format(R"(
name: minilm-test
kafka: {{bootstrap.servers: {}}}
models:
  minilm: {{path: {}, task: embed}}
dataflow:
  documents: {{actor: kafka_source, topics: [{}], group: {}, format: flatbuffers, until: end_of_topic}}
  embedder: {{actor: model, from: documents, model: minilm}}
  vectors: {{actor: kafka_sink, from: embedder, topic: {}, format: flatbuffers}}
delivery: {{dead_letter_topic: {}}}
)",
                                                           broker.plaintext(), golden::minilm_dir().string(), input,
                                                           broker.unique_name("minilm"), output, letters));
  Process run({WEIR_PROGRAM, "run", config.string()}, {}, dir.path() / "weir.log");
  ASSERT_EQ(run.wait(seconds(900)), 0) << run.output();

  const auto result = read_result(broker.properties(), output, letters);
  EXPECT_EQ(result.vectors.size(), documents);
  EXPECT_EQ(result.letters, 0u);
  EXPECT_EQ(result.repeated(), 0u);
  const size_t dim = golden.embeddings.dim;
  for (size_t i = 0; i < golden.texts.size() && i * apart < documents; ++i) {
    const auto found = result.vectors.find(fmt::format("golden-{}", i));
    ASSERT_NE(found, result.vectors.end()) << i;
    ASSERT_EQ(found->second.size(), dim);
    for (size_t d = 0; d < dim; ++d)
      ASSERT_NEAR(found->second[d], golden.embeddings.values[i * dim + d], golden.embeddings.tolerance())
          << golden.texts[i];
  }
  const auto reference = golden::load_documents();
  size_t compared = 0;
  double largest = 0;
  for (size_t i = 0; i < documents; ++i) {
    const auto found = result.vectors.find(fmt::format("doc-{}", i));
    if (found == result.vectors.end()) continue;
    const auto error = reference.error(texts[i], found->second);
    if (!error) continue;  // Debian changed this description since
    ++compared;
    largest = std::max(largest, *error);
    ASSERT_LE(*error, 2 * reference.projections.fp32_error) << texts[i];
  }
  EXPECT_GE(compared, documents * 9 / 10) << "descriptions have changed: run tests/golden/generate_documents.py";
  fmt::print("{} documents compared, largest error {:.1e}, the reference's own {:.1e}\n", compared, largest,
             reference.projections.fp32_error);
}

}  // namespace
}  // namespace weir::test
