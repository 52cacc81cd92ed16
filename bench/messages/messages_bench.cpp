// What decoding a record and encoding an outcome cost, chunk of 256 by chunk, arenas included: the codecs' share of the
// 5 us that a record may cost the whole process.
#include <cmath>

#include <benchmark/benchmark.h>

#include "messages/decode.hpp"
#include "messages/encode.hpp"

namespace weir {
namespace {

constexpr int chunk_size = 256;

// 350 bytes, as a document topic has them.
std::string document() {
  std::string text = "The quick brown fox jumps over the lazy dog and then, for reasons that nobody wrote down, ";
  while (text.size() < 230) text += "goes on for a while about pipelines ";
  text.resize(230);
  std::string value =
      R"({"id":"doc-000123456","text":")" + text + R"(","metadata":{"url":"https://example.org/a/b","lang":"en"}})";
  value.insert(value.size() - 1, 350 - value.size(), ' ');
  return value;
}

void decode(benchmark::State& state, RecordFormat format, const std::string& value) {
  auto decoder = Decoder::make({.format = format});
  for (auto _ : state) {
    JobChunk chunk;
    chunk.jobs.resize(chunk_size);
    for (Job& job : chunk.jobs) {
      copy_record("key-0123456789", value, {}, chunk.arena, job);
      if (decoder->decode(chunk, job) != Decoded::job) state.SkipWithError("not decoded");
    }
    benchmark::DoNotOptimize(chunk.jobs.back().text.data());
  }
  state.SetItemsProcessed(state.iterations() * chunk_size);
  state.SetBytesProcessed(state.iterations() * chunk_size * static_cast<int64_t>(value.size()));
}

void decode_json(benchmark::State& state) { decode(state, RecordFormat::json, document()); }

void decode_flatbuffers(benchmark::State& state) {
  JobChunk chunk;
  Job& job = chunk.jobs.emplace_back();
  const std::string value = document();
  copy_record({}, value, {}, chunk.arena, job);
  if (Decoder::make({})->decode(chunk, job) != Decoded::job) state.SkipWithError("not decoded");
  decode(state, RecordFormat::flatbuffers, *encode_job(job, RecordFormat::flatbuffers));
}

void encode(benchmark::State& state, const OutcomeFormat& options) {
  auto jobs = std::make_shared<JobChunk>();
  auto source = std::make_shared<SourceInfo>();
  source->topics = {"documents"};
  jobs->source = source;
  OutcomeChunk outcomes;
  auto model = std::make_shared<ModelFacts>();
  model->name = "all-MiniLM-L6-v2";
  model->digest = "sha256:0123456789abcdef0123456789abcdef";
  outcomes.model = model;
  constexpr uint32_t dim = 384;
  for (uint32_t i = 0; i < chunk_size; ++i) {
    Job& job = jobs->jobs.emplace_back();
    job.key = "key-0123456789";
    job.id = "doc-000123456";
    job.metadata = R"({"url":"https://example.org/a/b","lang":"en"})";
    Outcome& outcome = outcomes.outcomes.emplace_back();
    outcome.job = i;
    outcome.first = i * dim;
    outcome.rows = 1;
    outcome.dim = dim;
    for (uint32_t k = 0; k < dim; ++k) outcomes.values.push_back(std::sin(static_cast<float>(i * dim + k)) / 19.6f);
  }
  outcomes.jobs = jobs;
  OutcomeEncoder encoder(options);
  for (auto _ : state) {
    OutChunk out;
    out.records.reserve(chunk_size);
    for (const Outcome& outcome : outcomes.outcomes)
      out.records.push_back(encoder.encode(outcomes, outcome, out.arena));
    benchmark::DoNotOptimize(out.records.back().value->data());
  }
  state.SetItemsProcessed(state.iterations() * chunk_size);
}

void encode_flatbuffers(benchmark::State& state) { encode(state, {.format = RecordFormat::flatbuffers}); }
void encode_flatbuffers_float16(benchmark::State& state) {
  encode(state, {.format = RecordFormat::flatbuffers, .vector_type = DType::float16});
}
void encode_json_numbers(benchmark::State& state) { encode(state, {}); }
void encode_json_base64(benchmark::State& state) { encode(state, {.vector_encoding = VectorEncoding::base64}); }

BENCHMARK(decode_json);
BENCHMARK(decode_flatbuffers);
BENCHMARK(encode_flatbuffers);
BENCHMARK(encode_flatbuffers_float16);
BENCHMARK(encode_json_numbers);
BENCHMARK(encode_json_base64);

}  // namespace
}  // namespace weir
