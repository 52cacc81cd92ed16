#include "files/file_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/files/temp_files.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using Kind = SourceEvent::Kind;
using Lines = std::vector<std::pair<int64_t, std::string>>;

std::vector<Kind> kinds(FileSource& source, Duration wait = 0s) {
  const auto events = source.events(wait);
  EXPECT_TRUE(events) << events.error().message;
  std::vector<Kind> all;
  for (const auto& event : *events) all.push_back(event.kind);
  return all;
}

Lines poll(FileSource& source, uint32_t records = 100, int64_t bytes = 1 << 20) {
  Lines lines;
  const auto shown = source.poll({}, records, bytes, [&](const RawRecord& record) {
    EXPECT_FALSE(record.key);
    lines.emplace_back(record.offset.value, *record.value);
  });
  EXPECT_TRUE(shown) << shown.error().message;
  EXPECT_EQ(*shown, lines.size());
  return lines;
}

std::unique_ptr<FileSource> open(FileSourceOptions options) {
  auto source = FileSource::open(std::move(options));
  EXPECT_TRUE(source) << source.error().message;
  EXPECT_THAT(kinds(**source), ElementsAre(Kind::assigned));
  return std::move(*source);
}

}  // namespace

TEST(FileSource, gives_lines_then_the_end) {
  const TempFolder folder;
  auto source = open({folder.write("a", "one\ntwo\r\n\n \nlast")});
  EXPECT_THAT(kinds(*source), IsEmpty());
  EXPECT_THAT(poll(*source), ElementsAre(Pair(0, "one"), Pair(1, "two"), Pair(3, " "), Pair(4, "last")));
  const auto events = source->events(0s);
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ(events->front().kind, Kind::end);
  EXPECT_EQ(events->front().next, Offset(5));
  EXPECT_THAT(kinds(*source), IsEmpty());
  EXPECT_THAT(poll(*source), IsEmpty());
}

TEST(FileSource, blank_lines_are_texts_when_told) {
  const TempFolder folder;
  auto source = open({.path = folder.write("a", "\n\r\nx\n"), .skip_blank = false});
  EXPECT_THAT(poll(*source), ElementsAre(Pair(0, ""), Pair(1, ""), Pair(2, "x")));
}

TEST(FileSource, an_empty_file_ends_at_once) {
  const TempFolder folder;
  auto source = open({folder.write("a", "")});
  EXPECT_THAT(kinds(*source), ElementsAre(Kind::end));
}

TEST(FileSource, shows_no_more_than_asked) {
  const TempFolder folder;
  auto source = open({folder.write("a", "aaaa\nbbbb\ncccc\ndddd\n")});
  EXPECT_THAT(poll(*source, 1), ElementsAre(Pair(0, "aaaa")));
  EXPECT_THAT(poll(*source, 100, 5), ElementsAre(Pair(1, "bbbb"), Pair(2, "cccc")));
  EXPECT_THAT(poll(*source, 100, 0), IsEmpty());
  EXPECT_THAT(kinds(*source), IsEmpty());  // what nobody had room for does not end the wait, nor the file
  EXPECT_THAT(poll(*source), ElementsAre(Pair(3, "dddd")));
  EXPECT_THAT(kinds(*source), ElementsAre(Kind::end));
}

TEST(FileSource, a_line_over_the_limit_is_one_record_that_shows_it) {
  const TempFolder folder;
  const std::string big(300'000, 'x');
  auto source = open({.path = folder.write("a", "ok\n" + big + "\n12345\r\n123456\n" + big), .max_line_bytes = 5});
  EXPECT_THAT(poll(*source),
              ElementsAre(Pair(0, "ok"), Pair(1, "xxxxxx"), Pair(2, "12345"), Pair(3, "123456"), Pair(4, "xxxxxx")));
  EXPECT_THAT(kinds(*source), ElementsAre(Kind::end));
}

TEST(FileSource, long_lines_and_odd_bytes_come_whole) {
  const TempFolder folder;
  const std::string big(5 << 20, 'y');
  const std::string odd("a\0b\xFF\r", 5);
  auto source = open({folder.write("a", odd + "\n" + big + "\nend\n")});
  EXPECT_THAT(poll(*source, 100, 100 << 20), ElementsAre(Pair(0, odd.substr(0, 4)), Pair(1, big), Pair(2, "end")));
}

TEST(FileSource, a_pipe_gives_lines_as_they_come) {
  const TempFolder folder;
  const auto path = folder.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const Descriptor writer(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  auto source = open({path});
  EXPECT_THAT(kinds(*source), IsEmpty());
  ASSERT_EQ(::write(writer.get(), "one\ntw", 6), 6);
  EXPECT_THAT(poll(*source), ElementsAre(Pair(0, "one")));
  EXPECT_THAT(poll(*source), IsEmpty());
  EXPECT_THAT(kinds(*source), IsEmpty());
  ASSERT_EQ(::write(writer.get(), "o\n", 2), 2);
  EXPECT_THAT(kinds(*source, 10s), IsEmpty());  // at once, since there is a line
  EXPECT_THAT(poll(*source), ElementsAre(Pair(1, "two")));
}

TEST(FileSource, wake_ends_a_wait) {
  const TempFolder folder;
  auto source = open({folder.write("a", "")});
  EXPECT_THAT(kinds(*source), ElementsAre(Kind::end));
  source->wake();  // before
  EXPECT_THAT(kinds(*source, 1h), IsEmpty());
  std::jthread other([&] { source->wake(); });  // during
  EXPECT_THAT(kinds(*source, 1h), IsEmpty());
}

TEST(FileSource, what_cannot_be_read_is_said) {
  const TempFolder folder;
  EXPECT_EQ(FileSource::open({folder.path("none")}).error().code, ErrorCode::not_found);
  EXPECT_THAT(FileSource::open({folder.path("none")}).error().message, HasSubstr("none: No such file"));
  EXPECT_THAT(FileSource::open({folder.path("")}).error().message, HasSubstr("directory"));
}

}  // namespace weir
