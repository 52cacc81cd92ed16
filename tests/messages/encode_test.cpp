#include "messages/encode.hpp"

#include <cmath>
#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/read_outcome.hpp"
#include "tests/messages/outcomes.hpp"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::string encoded(OneOutcome& one, const OutcomeFormat& options) {
  Arena arena;
  const OutRecord record = OutcomeEncoder(options).encode(one.chunk, one.outcome(), arena);
  return std::string(record.value.value_or("tombstone"));
}

std::vector<std::pair<std::string, std::string>> shown(std::span<const Header> headers) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [name, value] : headers) out.emplace_back(name, value.value_or("null"));
  return out;
}

}  // namespace

TEST(Encode, json_of_an_embedding_is_as_documented) {
  OneOutcome one(Task::embed, {0.1f, -0.25f, 1e-7f}, 1);
  one.outcome().normalized = true;
  one.outcome().dropped_tokens = 5;
  one.job().metadata = "{\"a\":\n 1}";
  EXPECT_EQ(encoded(one, {}),
            R"({"id":"id-1","model":"tiny","model_digest":"sha256:0123","task":"embed",)"
            R"("source":{"topic":"documents","partition":3,"offset":42},"truncated":true,"dropped_tokens":5,)"
            R"("usage":{"prompt_tokens":7},"metadata":{"a":  1},"dim":3,"normalized":true,"vector_type":"float32",)"
            R"("embedding":[0.1,-0.25,1e-07]})");
  EXPECT_THAT(encoded(one, {.vector_encoding = VectorEncoding::base64}),
              testing::EndsWith(R"("vector_type":"float32","embedding":"zczMPQAAgL6Vv9Yz"})"));
  EXPECT_THAT(encoded(one, {.vector_type = DType::float16}),
              testing::EndsWith(R"("vector_type":"float16","embedding":[0.099976,-0.25,1.1921e-07]})"));
  EXPECT_THAT(encoded(one, {.vector_type = DType::bfloat16, .vector_encoding = VectorEncoding::base64}),
              testing::EndsWith(R"("vector_type":"bfloat16","embedding":"zT2Avtcz"})"));
}

TEST(Encode, json_of_other_answers_is_as_documented) {
  OneOutcome classes(Task::classify, {0.25f, 0.75f}, 1);
  EXPECT_THAT(encoded(classes, {}),
              testing::EndsWith(R"("label":"POSITIVE","classes":[{"label":"NEGATIVE","probability":0.25},)"
                                R"({"label":"POSITIVE","probability":0.75}]})"));
  OneOutcome scores(Task::score, {0.5f, 0.75f}, 2);
  EXPECT_THAT(encoded(scores, {.vector_type = DType::float16}), testing::EndsWith(R"("scores":[0.5,0.75]})"));
  OneOutcome score(Task::score, {0.5f}, 1);
  score.job().one_document = true;
  EXPECT_THAT(encoded(score, {}), testing::EndsWith(R"("score":0.5})"));
  OneOutcome tokens(Task::token_embed, {1, 2, 3, 4}, 2);
  EXPECT_THAT(encoded(tokens, {}), testing::EndsWith(R"("embeddings":[[1,2],[3,4]]})"));
  OneOutcome classes_of_tokens(Task::token_classify, {0.25f, 0.75f, 0.5f, 0.5f}, 2);
  EXPECT_THAT(encoded(classes_of_tokens, {.vector_type = DType::float16}),
              testing::EndsWith(R"("labels":["NEGATIVE","POSITIVE"],"token_classes":[[0.25,0.75],[0.5,0.5]]})"));
  OneOutcome failed(Task::embed, {}, 0);
  failed.outcome().error = Error{ErrorCode::too_long, "513 tokens\n\"no\" \xFF"};
  failed.outcome().stage = "tokens";
  failed.chunk.model = nullptr;
  EXPECT_EQ(encoded(failed, {}), R"({"id":"id-1","source":{"topic":"documents","partition":3,"offset":42},)"
                                 R"("error":{"code":"too_long","message":"513 tokens\n\"no\" )"
                                 "\xEF\xBF\xBD"
                                 R"(","stage":"tokens"}})");
}

TEST(Encode, text_is_one_line_for_people) {
  OneOutcome vector(Task::embed, {0.5f, -1}, 1);
  EXPECT_EQ(encoded(vector, {.format = RecordFormat::text}), "id-1\t0.5 -1");
  OneOutcome classes(Task::classify, {0.25f, 0.75f}, 1);
  classes.job().id = {};
  EXPECT_EQ(encoded(classes, {.format = RecordFormat::text}), "POSITIVE 0.75");
  OneOutcome tokens(Task::token_classify, {0.25f, 0.75f, 1, 0}, 2);
  EXPECT_EQ(encoded(tokens, {.format = RecordFormat::text}), "id-1\tPOSITIVE NEGATIVE");
  OneOutcome failed(Task::embed, {}, 0);
  failed.outcome().error = Error{ErrorCode::timeout, "late\nby far"};
  EXPECT_EQ(encoded(failed, {.format = RecordFormat::text}), "id-1\terror timeout: late by far");
}

TEST(Encode, key_and_headers_pass_through_and_name_the_format) {
  OneOutcome one(Task::embed, {1}, 1);
  const std::vector<Header> headers{
      {"trace", "1"}, {"Content-Type", "text/plain"}, {"none", std::nullopt}, {"trace", "2"}};
  one.job().headers = headers;
  one.job().key = std::string_view("k\0y", 3);
  Arena arena;
  auto record = OutcomeEncoder({.format = RecordFormat::flatbuffers}).encode(one.chunk, one.outcome(), arena);
  EXPECT_EQ(record.key, std::string_view("k\0y", 3));
  EXPECT_EQ(record.timestamp_ms, 1'700'000'000'000);
  EXPECT_THAT(shown(record.headers), ElementsAre(Pair("trace", "1"), Pair("none", "null"), Pair("trace", "2"),
                                                 Pair("content-type", "application/vnd.weir.outcome+flatbuffers"),
                                                 Pair("weir-schema", "WRO1")));
  one.job().key.reset();
  EXPECT_FALSE(OutcomeEncoder({}).encode(one.chunk, one.outcome(), arena).key);
}

TEST(Encode, a_tombstone_stays_one) {
  OneOutcome one(Task::embed, {}, 0);
  one.job().input = JobInput::tombstone;
  const std::vector<Header> headers{{"content-type", "text/plain"}};
  one.job().headers = headers;
  Arena arena;
  const auto record = OutcomeEncoder({}).encode(one.chunk, one.outcome(), arena);
  EXPECT_FALSE(record.value);
  EXPECT_THAT(shown(record.headers), ElementsAre(Pair("content-type", "text/plain")));
}

TEST(Encode, every_answer_reads_back) {
  std::mt19937 random(11);
  std::uniform_real_distribution<float> uniform(-1, 1);
  for (const auto format : {RecordFormat::flatbuffers, RecordFormat::json})
    for (const Task task :
         {Task::embed, Task::token_embed, Task::classify, Task::token_classify, Task::score, Task::reward})
      for (uint32_t rows = 1; rows < 4; ++rows) {
        if (rows > 1 && (task == Task::embed || task == Task::classify)) continue;
        const uint32_t dim = task == Task::score || task == Task::reward ? 1 : 2;
        std::vector<float> values(size_t{rows} * dim);
        for (float& value : values) value = uniform(random);
        OneOutcome one(task, values, rows);
        one.outcome().normalized = task == Task::embed;
        one.outcome().dropped_tokens = 3;
        one.job().metadata = R"({"a":[1]})";
        const auto read = read_outcome(encoded(one, {.format = format}), format);
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(read->id, "id-1");
        EXPECT_EQ(read->model, "tiny");
        EXPECT_EQ(read->model_digest, "sha256:0123");
        EXPECT_EQ(read->task, task);
        EXPECT_EQ(read->topic, "documents");
        EXPECT_EQ(read->partition, 3);
        EXPECT_EQ(read->offset, 42);
        EXPECT_EQ(read->dropped_tokens, 3u);
        EXPECT_TRUE(read->truncated);
        EXPECT_EQ(read->prompt_tokens, 7u);
        EXPECT_EQ(read->metadata, R"({"a":[1]})");
        if (task == Task::classify) {
          EXPECT_THAT(read->classes, ElementsAre(Pair("NEGATIVE", values[0]), Pair("POSITIVE", values[1])));
          EXPECT_EQ(read->label, values[0] > values[1] ? "NEGATIVE" : "POSITIVE");
        } else {
          EXPECT_EQ(read->values, values);
        }
        if (task == Task::token_classify) {
          EXPECT_THAT(read->labels, ElementsAre("NEGATIVE", "POSITIVE"));
        }
        if (task == Task::embed || task == Task::token_embed || task == Task::token_classify) {
          EXPECT_EQ(read->rows, rows);
          EXPECT_EQ(read->dim, dim);
        }
      }
}

TEST(Encode, a_failure_reads_back) {
  for (const auto format : {RecordFormat::flatbuffers, RecordFormat::json}) {
    OneOutcome one(Task::embed, {}, 0);
    one.outcome().error = Error{ErrorCode::decode_error, "not JSON"};
    one.outcome().stage = "documents";
    const auto read = read_outcome(encoded(one, {.format = format}), format);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->answer, Answer::failure);
    EXPECT_EQ(read->error_code, "decode_error");
    EXPECT_EQ(read->error_message, "not JSON");
    EXPECT_EQ(read->error_stage, "documents");
  }
}

TEST(Encode, sixteen_bit_vectors_read_back_in_every_way) {
  const std::vector<float> values{0.3333333f, -2.5f, 6e-8f, 1e-3f};
  for (const auto format : {RecordFormat::flatbuffers, RecordFormat::json})
    for (const auto type : {DType::float16, DType::bfloat16})
      for (const auto encoding : {VectorEncoding::numbers, VectorEncoding::base64})
        for (const uint32_t rows : {1u, 2u}) {
          OneOutcome one(rows == 1 ? Task::embed : Task::token_embed, values, rows);
          const auto read =
              read_outcome(encoded(one, {.format = format, .vector_type = type, .vector_encoding = encoding}), format);
          ASSERT_TRUE(read) << read.error().message;
          EXPECT_EQ(read->vector_type, type);
          ASSERT_EQ(read->values.size(), values.size());
          for (size_t i = 0; i < values.size(); ++i)
            EXPECT_NEAR(read->values[i], values[i],
                        std::abs(values[i]) * (type == DType::float16 ? 0x1p-11 : 0x1p-8) + 6e-8);
        }
}

TEST(Encode, json_numbers_read_back_bit_for_bit) {
  std::mt19937 random(3);
  std::vector<float> values{0,
                            -0.0f,
                            std::numeric_limits<float>::max(),
                            std::numeric_limits<float>::min(),
                            std::numeric_limits<float>::denorm_min(),
                            7.038531e-26f,
                            1.0f / 3,
                            16777216,
                            1e10f};
  while (values.size() < 20000) {
    const auto value = std::bit_cast<float>(static_cast<uint32_t>(random()));
    if (std::isfinite(value)) values.push_back(value);
  }
  OneOutcome one(Task::embed, values, 1);
  const auto read = read_outcome(encoded(one, {}), RecordFormat::json);
  ASSERT_TRUE(read) << read.error().message;
  for (size_t i = 0; i < values.size(); ++i)
    ASSERT_EQ(std::bit_cast<uint32_t>(read->values[i]), std::bit_cast<uint32_t>(values[i])) << values[i];
}

TEST(Encode, what_is_not_finite_is_null_in_json) {
  OneOutcome one(Task::embed, {NAN, INFINITY, 70000}, 1);
  EXPECT_THAT(encoded(one, {}), testing::EndsWith(R"("embedding":[null,null,70000]})"));
  EXPECT_THAT(encoded(one, {.vector_type = DType::float16}), testing::EndsWith(R"("embedding":[null,null,null]})"));
}

TEST(Encode, bytes_that_are_not_json_are_base64_in_json) {
  OneOutcome one(Task::embed, {1}, 1);
  one.job().metadata = "{not json";
  one.job().metadata_is_json = false;
  EXPECT_THAT(encoded(one, {}), testing::HasSubstr(R"("metadata":"e25vdCBqc29u")"));
  const auto read = read_outcome(encoded(one, {.format = RecordFormat::flatbuffers}), RecordFormat::flatbuffers);
  EXPECT_EQ(read->metadata, "{not json");
}

TEST(Encode, an_outcome_without_values_is_a_failure) {
  OneOutcome empty(Task::classify, {}, 0);
  EXPECT_EQ(read_outcome(encoded(empty, {}), RecordFormat::json)->error_code, "internal");
}

TEST(Encode, an_encoder_serves_many_records_of_all_sizes) {
  Arena arena;
  OutcomeEncoder encoder({.format = RecordFormat::flatbuffers});
  for (const uint32_t dim : {1u, 384u, 1'000'000u, 4u}) {
    std::vector<float> values(dim, 0.5f);
    OneOutcome one(Task::embed, values, 1);
    const auto record = encoder.encode(one.chunk, one.outcome(), arena);
    EXPECT_EQ(read_outcome(*record.value, RecordFormat::flatbuffers)->values, values);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(record.value->data()) % 8, 0u);
  }
}

}  // namespace weir
