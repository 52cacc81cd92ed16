#include "files/file_committer.hpp"

#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "tests/files/temp_files.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Line {
  std::string_view path;
  std::optional<std::string_view> value;
};

Release release(int64_t offset, const std::vector<Line>& lines) {
  auto chunk = std::make_shared<OutChunk>();
  for (const auto& [path, value] : lines) {
    auto& record = chunk->records.emplace_back();
    record.topic = chunk->arena.copy(path);
    if (value) record.value = chunk->arena.copy(*value);
  }
  Release out;
  out.ticket.offset = Offset(offset);
  out.first = {chunk, 0, static_cast<uint32_t>(lines.size())};
  return out;
}

std::vector<int64_t> durable(FileCommitter& committer, TimePoint now) {
  const auto tickets = committer.durable(now);
  EXPECT_TRUE(tickets) << tickets.error().message;
  std::vector<int64_t> offsets;
  for (const auto& ticket : *tickets) offsets.push_back(ticket.offset.value);
  return offsets;
}

std::unique_ptr<FileCommitter> open(std::vector<std::string> paths) {
  auto committer = FileCommitter::open({std::move(paths)});
  EXPECT_TRUE(committer) << committer.error().message;
  return std::move(*committer);
}

}  // namespace

TEST(FileCommitter, appends_lines_and_syncs_by_the_clock) {
  const TempFolder folder;
  const auto path = folder.write("out", "before\n");
  auto committer = open({path});
  ManualClock clock;
  clock.advance(1s);
  ASSERT_TRUE(committer->append({release(0, {{path, "a"}}), release(1, {{path, "b"}, {path, std::nullopt}})}));
  EXPECT_EQ(committer->pending_bytes(), 4);
  EXPECT_THAT(durable(*committer, clock.now()), ElementsAre(0, 1));
  EXPECT_EQ(TempFolder::read(path), "before\na\nb\n");
  ASSERT_TRUE(committer->append({release(2, {{path, ""}})}));
  EXPECT_THAT(durable(*committer, clock.now()), IsEmpty());  // written, not synced
  EXPECT_EQ(TempFolder::read(path), "before\na\nb\n\n");
  clock.advance(100ms);
  EXPECT_THAT(durable(*committer, clock.now()), ElementsAre(2));
  EXPECT_EQ(committer->pending_bytes(), 0);
}

TEST(FileCommitter, drain_makes_everything_durable) {
  const TempFolder folder;
  const auto path = folder.path("new");
  auto committer = open({path});
  ASSERT_TRUE(committer->append({release(0, {{path, "a"}})}));
  ASSERT_TRUE(committer->drain(TimePoint{}));
  EXPECT_THAT(durable(*committer, TimePoint{}), ElementsAre(0));
  ASSERT_TRUE(committer->append({release(1, {})}));  // routed away
  ASSERT_TRUE(committer->revoke({}, false, TimePoint{}));
  EXPECT_THAT(durable(*committer, TimePoint{}), ElementsAre(1));
  EXPECT_EQ(TempFolder::read(path), "a\n");
}

TEST(FileCommitter, a_torn_line_of_an_earlier_run_stays_alone) {
  const TempFolder folder;
  const auto path = folder.write("out", "whole\n{\"torn\":");
  auto committer = open({path});
  ASSERT_TRUE(committer->append({release(0, {{path, "new"}})}));
  ASSERT_TRUE(committer->drain(TimePoint{}));
  EXPECT_EQ(TempFolder::read(path), "whole\n{\"torn\":\nnew\n");
}

TEST(FileCommitter, a_release_is_durable_when_all_its_files_are) {
  const TempFolder folder;
  const auto path = folder.path("out");
  const auto pipe = folder.path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const Descriptor reader(::open(pipe.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::fcntl(reader.get(), F_SETPIPE_SZ, 4096), 4096);
  auto committer = open({path, pipe, path});
  const std::string big(10'000, 'x');
  auto both = release(0, {{path, "a"}});
  both.more.push_back(release(0, {{pipe, big}}).first);
  ASSERT_TRUE(committer->append({std::move(both), release(1, {{path, "b"}})}));
  ManualClock clock;
  clock.advance(1s);
  EXPECT_THAT(durable(*committer, clock.now()), IsEmpty());  // the pipe is full, and nothing hangs
  EXPECT_EQ(committer->drain(TimePoint{}).error().code, ErrorCode::unavailable);
  EXPECT_EQ(TempFolder::read(path), "a\nb\n");
  std::string got;
  std::vector<int64_t> done;
  while (got.size() < big.size() + 1) {
    std::array<char, 4096> some;
    const auto n = ::read(reader.get(), some.data(), some.size());
    ASSERT_GT(n, 0);
    got.append(some.data(), static_cast<size_t>(n));
    for (const auto offset : durable(*committer, clock.now())) done.push_back(offset);
  }
  EXPECT_THAT(done, ElementsAre(0, 1));
  EXPECT_EQ(got, big + "\n");
}

TEST(FileCommitter, a_reader_that_went_away_is_an_error) {
  const TempFolder folder;
  const auto pipe = folder.path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  auto reader = Descriptor(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  auto committer = open({pipe});
  reader = Descriptor();
  auto* const before = std::signal(SIGPIPE, SIG_IGN);
  ASSERT_TRUE(committer->append({release(0, {{pipe, "a"}})}));
  const auto result = committer->durable(TimePoint{});
  std::signal(SIGPIPE, before);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("Broken pipe"));
}

TEST(FileCommitter, only_configured_paths_are_written) {
  const TempFolder folder;
  auto committer = open({folder.path("out")});
  EXPECT_EQ(committer->append({release(0, {{folder.path("other"), "a"}})}).error().code, ErrorCode::internal);
  EXPECT_FALSE(std::filesystem::exists(folder.path("other")));
  EXPECT_THAT(FileCommitter::open({{folder.path("no/such")}}).error().message, HasSubstr("cannot write"));
}

}  // namespace weir
