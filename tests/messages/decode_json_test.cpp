#include <simdjson.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/messages/records.hpp"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Bad {
  std::string_view value;
  ErrorCode code;
  std::string_view says;  // part of the message
};

}  // namespace

TEST(DecodeJson, reads_every_field) {
  const auto record = decode_record(DecodeOptions{}, R"({
    "id": "a\u00e9\ud83d\ude00", "text": "one \"two\"\n\u0000", "model": "m", "task": "token_embed", "dimensions": 256, "normalize": false,
    "truncate": "start", "prompt_name": "query", "priority": "realtime", "deadline_ms": 1700000000000, "metadata": {"a" : [1, 2] } ,
    "unknown": [{"deep": null}, 1e5]})");
  const Job& job = record.job();
  ASSERT_EQ(record.error().message, "no error");
  EXPECT_EQ(job.input, JobInput::text);
  EXPECT_EQ(job.id, "aé😀");
  EXPECT_EQ(job.text, std::string_view("one \"two\"\n\0", 11));
  EXPECT_EQ(job.model, "m");
  EXPECT_EQ(job.task, Task::token_embed);
  EXPECT_EQ(job.dimensions, 256u);
  EXPECT_EQ(job.use_activation, false);
  EXPECT_EQ(job.truncate, Truncate::start);
  EXPECT_EQ(job.prompt_name, "query");
  EXPECT_EQ(job.priority, Lane::realtime);
  EXPECT_EQ(job.deadline_ms, 1700000000000);
  EXPECT_EQ(job.metadata, R"({"a" : [1, 2] })");
}

TEST(DecodeJson, strings_without_escapes_are_views_of_the_value) {
  const auto record = decode_record(DecodeOptions{}, R"({"text":"plain"})");
  EXPECT_EQ(record.job().text.data(), record.job().value->data() + 9);
}

TEST(DecodeJson, reads_every_input) {
  const auto ids = decode_record(DecodeOptions{}, R"({"token_ids":[101, 0,2147483647]})");
  EXPECT_EQ(ids.job().input, JobInput::token_ids);
  EXPECT_THAT(ids.job().token_ids, ElementsAre(101, 0, 2147483647));
  const auto one = decode_record(DecodeOptions{}, R"({"query":"q","document":"d"})");
  EXPECT_EQ(one.job().input, JobInput::pair);
  EXPECT_TRUE(one.job().one_document);
  EXPECT_THAT(one.job().documents, ElementsAre("d"));
  const auto several = decode_record(DecodeOptions{}, R"({"documents":["a","","c\n"],"query":"q"})");
  EXPECT_THAT(several.job().documents, ElementsAre("a", "", "c\n"));
  EXPECT_FALSE(several.job().one_document);
  const auto empty = decode_record(DecodeOptions{}, R"({"text":""})");
  EXPECT_EQ(empty.job().input, JobInput::text);
  EXPECT_EQ(empty.result, Decoded::job);
}

TEST(DecodeJson, null_is_as_if_absent_but_for_metadata) {
  const auto record =
      decode_record(DecodeOptions{}, R"({"text":"a","query":null,"model":null,"dimensions":null,"metadata":null})");
  EXPECT_EQ(record.result, Decoded::job);
  EXPECT_EQ(record.job().metadata, "null");
  EXPECT_FALSE(record.job().dimensions);
}

TEST(DecodeJson, numbers_may_be_ids) {
  EXPECT_EQ(decode_record(DecodeOptions{}, R"({"text":"a","id":-12.5e3 })").job().id, "-12.5e3");
  EXPECT_EQ(decode_record(DecodeOptions{}, R"({"text":"a","id":123456789012345678901234567890})").job().id,
            "123456789012345678901234567890");
}

TEST(DecodeJson, a_byte_order_mark_is_passed_over_only_in_front) {
  EXPECT_EQ(decode_record(DecodeOptions{}, "\xEF\xBB\xBF{\"text\":\"\xEF\xBB\xBFx\"}").job().text, "\xEF\xBB\xBFx");
}

TEST(DecodeJson, says_what_is_wrong_and_where) {
  const auto mismatch = ErrorCode::schema_mismatch;
  const auto invalid = ErrorCode::invalid_request;
  const auto broken = ErrorCode::decode_error;
  const Bad cases[]{
      {"", broken, "empty"},
      {" \n", broken, "empty"},
      {"{", broken, "byte 1"},
      {"nonsense", broken, "byte 0"},
      {R"({"text":"a)", broken, "does not end"},
      {"{\"text\":\"a\nb\"}", broken, "control character"},
      {R"({"text":"a"}x)", broken, "byte 12"},
      {R"({"text":"a"} {"text":"b"})", broken, "byte 13"},
      {R"({"text":"a",})", broken, "byte 12"},
      {R"({"text":"a" "id":"b"})", broken, "byte 12"},
      {R"({"text" "a"})", broken, "byte 8"},
      {R"({text:"a"})", broken, "byte 1"},
      {R"({"text":"a","x":[1 2]})", broken, "byte 19"},
      {R"({"text":"a","x":{"y":tru}})", broken, "byte 21"},
      {R"({"text":"a","x":01})", broken, "byte 16"},
      {R"({"text":"a","x":"\q"})", broken, "byte 16"},
      {R"({"text":"a","metadata":{a:1}})", broken, "/metadata"},
      {R"({"text":"\x"})", broken, "/text"},
      {R"({"text":"\ud800"})", broken, "surrogate"},
      {R"({"text":"\udc00\ud800"})", broken, "surrogate"},
      {"{\"text\":\"a\xFF\"}", broken, "not UTF-8 at byte 10"},
      {"{\"text\":\"a\",\"x\":\"\xC3\"}", broken, "not UTF-8"},
      {"[]", mismatch, "expected an object, found an array"},
      {"7", mismatch, "expected an object, found a number"},
      {R"({"text":7})", mismatch, "/text: expected a string, found a number"},
      {R"({"text":{"a":1}})", mismatch, "/text: expected a string, found an object"},
      {R"({"text":["a"]})", mismatch, "found an array"},
      {R"({"text":"a","text":"b"})", mismatch, "/text: is given twice"},
      {R"({"text":"a","\u0074ext":"b"})", mismatch, "/text: is given twice"},
      {R"({"text":"a","normalize":true,"use_activation":true})", mismatch, "twice"},
      {R"({"text":"a","normalize":"yes"})", mismatch, "/normalize: expected true or false, found a string"},
      {R"({"text":"a","dimensions":1.5})", mismatch, "/dimensions: expected an integer"},
      {R"({"text":"a","dimensions":4294967296})", mismatch, "is not between 0 and 4294967295"},
      {R"({"text":"a","deadline_ms":99999999999999999999})", mismatch, "/deadline_ms: is not between"},
      {R"({"token_ids":[1,"2"]})", mismatch, "/token_ids/1: expected an integer, found a string"},
      {R"({"token_ids":[1,2147483648]})", mismatch, "/token_ids/1"},
      {R"({"token_ids":7})", mismatch, "/token_ids: expected an array"},
      {R"({"query":"q","documents":["a",null]})", mismatch, "/documents/1: expected a string, found null"},
      {R"({"query":"q","documents":"a"})", mismatch, "/documents: expected an array"},
      {R"({"query":"q","documents":[["a"]]})", mismatch, "/documents/0"},
      {R"({"text":"a","id":true})", mismatch, "/id: expected a string"},
      {R"({})", invalid, "no input"},
      {R"({"text":null})", invalid, "no input"},
      {R"({"text":"a","query":"b","document":"c"})", invalid, "several inputs"},
      {R"({"text":"a","token_ids":[1]})", invalid, "several inputs"},
      {R"({"query":"a"})", invalid, "without"},
      {R"({"document":"a"})", invalid, "without /query"},
      {R"({"query":"q","document":"a","documents":["b"]})", invalid, "one of them"},
      {R"({"query":"q","documents":[]})", invalid, "empty"},
      {R"({"token_ids":[]})", invalid, "empty"},
      {R"({"token_ids":[5,-1]})", invalid, "/token_ids/1 is negative"},
      {R"({"text":"a","task":"embedding"})", invalid, "'embedding' is none of embed"},
      {R"({"text":"a","truncate":"END"})", invalid, "'END' is none of end, start, none"},
      {R"({"text":"a","priority":"high"})", invalid, "realtime, bulk"},
      {R"({"text":"a","dimensions":0})", invalid, "at least 1"},
      {R"({"text":"a","deadline_ms":-1})", invalid, "Unix milliseconds"},
      {R"({"messages":[{"role":"user","content":"a"}]})", invalid, "/messages: is not supported yet"},
      {R"({"content":[]})", invalid, "/content: is not supported yet"},
  };
  for (const Bad& bad : cases) {
    const auto record = decode_record(DecodeOptions{}, bad.value);
    EXPECT_EQ(record.result, Decoded::failed) << bad.value;
    EXPECT_EQ(to_string(record.error().code), to_string(bad.code)) << bad.value << " -> " << record.error().message;
    EXPECT_THAT(record.error().message, HasSubstr(bad.says)) << bad.value;
  }
}

TEST(DecodeJson, what_is_not_utf8_is_replaced_when_told) {
  const DecodeOptions options{.invalid_utf8 = InvalidUtf8::replace};
  const auto bytes = decode_record(options, "{\"text\":\"a\xFF\xE2\x82z\xED\xA0\x80\",\"x\":\"\xFE\"}");
  EXPECT_EQ(bytes.job().text, "a\uFFFD\uFFFDz\uFFFD\uFFFD\uFFFD");
  EXPECT_TRUE(bytes.job().replaced_utf8);
  EXPECT_THAT(*bytes.job().value, HasSubstr("\xFF"));  // dead letters and outcomes keep what came
  const auto surrogates = decode_record(options, R"({"text":"\ud800x\udc00\ud83d\ude00\ud800"})");
  EXPECT_EQ(surrogates.job().text, "\uFFFDx\uFFFD😀\uFFFD");
  EXPECT_TRUE(surrogates.job().replaced_utf8);
  EXPECT_FALSE(decode_record(options, R"({"text":"a"})").job().replaced_utf8);
}

TEST(DecodeJson, nesting_has_a_limit) {
  const auto nested = [](size_t depth) {
    return R"({"text":"a","x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_EQ(decode_record(DecodeOptions{}, nested(63)).result, Decoded::job);
  EXPECT_EQ(decode_record(DecodeOptions{}, nested(64)).error().code, ErrorCode::decode_error);
  EXPECT_EQ(decode_record(DecodeOptions{}, nested(1'000'000)).error().code, ErrorCode::decode_error);
}

TEST(DecodeJson, foreign_documents_are_mapped_by_pointers) {
  const DecodeOptions options{.fields = {{"text", "/body/content/1"},
                                         {"id", "/meta/id"},
                                         {"model", "/a~1b/m~0n"},
                                         {"metadata", ""},
                                         {"normalize", "/meta/norm"}}};
  constexpr std::string_view value =
      R"( {"task": 5, "text": 7, "meta": {"id": 12, "norm": true, "text": "no"}, "body": {"content": ["zero", "one", "two"]}, "a/b": {"m~n": "tiny"}} )";
  const auto record = decode_record(options, value);
  ASSERT_EQ(record.error().message, "no error");
  EXPECT_EQ(record.job().text, "one");
  EXPECT_EQ(record.job().id, "12");
  EXPECT_EQ(record.job().model, "tiny");
  EXPECT_EQ(record.job().use_activation, true);
  EXPECT_EQ(record.job().metadata, value.substr(1, value.size() - 2));
  EXPECT_FALSE(record.job().task);

  EXPECT_THAT(decode_record(options, R"({"body":{"content":"x"}})").error().message,
              HasSubstr("nothing at /body/content/1"));
  EXPECT_THAT(decode_record(options, R"({"body":{"content":["x",5]}})").error().message,
              HasSubstr("/body/content/1: expected a string, found a number"));
  EXPECT_EQ(decode_record(options, R"({"body":{"content":["x","y"}})").error().code, ErrorCode::decode_error);
}

TEST(DecodeJson, a_foreign_document_may_be_any_value) {
  EXPECT_EQ(decode_record(DecodeOptions{.fields = {{"text", ""}}}, R"("whole")").job().text, "whole");
  EXPECT_EQ(decode_record(DecodeOptions{.fields = {{"text", "/0"}}}, R"(["first", 2])").job().text, "first");
  EXPECT_EQ(decode_record(DecodeOptions{.fields = {{"text", "/"}}}, R"({"": "unnamed"})").job().text, "unnamed");
  EXPECT_EQ(decode_record(DecodeOptions{.fields = {{"text", "/a"}}}, "3").error().code, ErrorCode::invalid_request);
}

TEST(DecodeJson, bad_maps_are_refused_by_name) {
  const auto error = [](std::map<std::string, std::string> fields) {
    const auto decoder = Decoder::make({.fields = std::move(fields)});
    return decoder ? std::string("none") : decoder.error().message;
  };
  EXPECT_EQ(error({{"text", "/a"}, {"metadata", "/a"}}), "fields.text: '/a' is already mapped to metadata");
  EXPECT_THAT(error({{"text", "a"}}), HasSubstr("begins with '/'"));
  EXPECT_THAT(error({{"text", "/a~2"}}), HasSubstr("~0"));
  EXPECT_THAT(error({{"txt", "/a"}}), HasSubstr("no field 'txt'"));
  EXPECT_THAT(error({{"messages", "/a"}}), HasSubstr("no field 'messages'"));
  EXPECT_THAT(error({{"text", "/a"}, {"id", "/a/b"}}),
              HasSubstr("fields.text: another field's pointer leads through it"));
  EXPECT_THAT(error({{"normalize", "/a"}, {"use_activation", "/b"}}), HasSubstr("mapped twice"));
}

TEST(DecodeJson, accepts_exactly_what_a_full_parser_accepts) {
  // Mutations of a valid job, judged by simdjson's own parser.
  const std::string seed =
      R"({"text":"a\u00e9\n","x":[1,-2.5e+3,{"y":null,"z":[true,false]},"\"q\""],"metadata":{"k":"v"}})";
  std::mt19937 random(1);
  auto decoder = Decoder::make({});
  simdjson::dom::parser reference;
  int valid = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string text = seed;
    for (uint32_t n = random() % 3 + 1; n > 0; --n) {
      constexpr std::string_view alphabet = "{}[],:\"\\ 01-.eutrfalsn\n\xC3\xA9";
      const size_t at = random() % text.size();
      switch (random() % 3) {
        case 0: text[at] = alphabet[random() % alphabet.size()]; break;
        case 1: text.erase(at, 1); break;
        default: text.insert(at, 1, alphabet[random() % alphabet.size()]);
      }
    }
    const auto record = decode_record(*decoder, text);
    const bool accepted = record.result == Decoded::job || record.error().code != ErrorCode::decode_error;
    const auto error = reference.parse(text).error();
    // simdjson's parser unescapes everything and reads numbers as int64 or double; our walk does neither for what it
    // skips.
    if (error == simdjson::NUMBER_ERROR || error == simdjson::STRING_ERROR) continue;
    valid += !error;
    // An error in a known field ends the walk before what stands behind it.
    if (error && accepted && record.result == Decoded::failed) continue;
    ASSERT_EQ(accepted, !error) << text << "\n" << record.error().message << "\n" << error;
  }
  EXPECT_GT(valid, 10'000);
}

}  // namespace weir
