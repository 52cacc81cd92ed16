#include "pipeline/delivery/ledger.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

const TopicPartition p0{0, 0};
const TopicPartition p1{0, 1};

OutSpan span_of(uint32_t count) {
  auto chunk = std::make_shared<OutChunk>();
  chunk->records.resize(count);
  return {chunk, 0, count};
}

class LedgerTest : public testing::Test {
 protected:
  Ledger ledger{SourceId{3}, 1000};

  Ticket admit(TopicPartition at, int64_t offset, int64_t price = 10, uint16_t branches = 1) {
    Ticket ticket = ledger.ticket(at, Offset{offset});
    EXPECT_TRUE(ledger.admit(ticket, price, branches)) << offset;
    return ticket;
  }
  Ledger::Finish finish(const Ticket& ticket, uint16_t branches = 1, bool failed = false) {
    auto result = ledger.finish(ticket, span_of(1), branches, failed);
    EXPECT_TRUE(result) << result.error().message;
    return result.value_or(Ledger::Finish::late);
  }
  std::vector<int64_t> taken() {
    std::vector<Release> releases;
    ledger.take_finished(releases);
    std::vector<int64_t> offsets;
    for (const Release& release : releases) offsets.push_back(release.ticket.offset.value);
    return offsets;
  }
  using Offsets = std::vector<int64_t>;
};

TEST_F(LedgerTest, ReleasesOnlyTheContiguousPrefixInOrder) {
  ledger.assign(p0);
  const Ticket a = admit(p0, 5), b = admit(p0, 6), c = admit(p0, 7);
  finish(c);
  finish(b);
  EXPECT_EQ(taken(), Offsets{});
  EXPECT_TRUE(ledger.unfinished(p0));
  finish(a);
  EXPECT_EQ(taken(), (Offsets{5, 6, 7}));
  EXPECT_EQ(taken(), Offsets{});
  EXPECT_FALSE(ledger.unfinished(p0));
}

TEST_F(LedgerTest, FindsTicketsAcrossGaps) {
  ledger.assign(p0);
  std::vector<Ticket> tickets;
  int64_t offset = 100;
  for (int i = 0; i < 500; ++i) tickets.push_back(admit(p0, offset += 1 + (i * 7919) % 13));
  for (size_t i = tickets.size(); i-- > 1;) finish(tickets[i]);
  EXPECT_EQ(taken(), Offsets{});
  finish(tickets[0]);
  EXPECT_EQ(taken().size(), 500u);
  auto unknown = ledger.finish(ledger.ticket(p0, Offset{99}), {}, 1, false);
  EXPECT_FALSE(unknown);
}

TEST_F(LedgerTest, WaitsForEveryBranchAndKeepsTheRecordsOfEach) {
  ledger.assign(p0);
  const Ticket a = admit(p0, 0, 10, 3);
  EXPECT_EQ(finish(a), Ledger::Finish::open);
  EXPECT_EQ(finish(a, 1, true), Ledger::Finish::open);
  EXPECT_EQ(taken(), Offsets{});
  EXPECT_EQ(finish(a), Ledger::Finish::closed_failed);
  std::vector<Release> releases;
  ledger.take_finished(releases);
  ASSERT_EQ(releases.size(), 1u);
  EXPECT_EQ(releases[0].first.count, 1u);
  EXPECT_EQ(releases[0].more.size(), 2u);
}

TEST_F(LedgerTest, OneOutcomeTooManyIsAnErrorThatNamesTheRecord) {
  ledger.assign(p0);
  const Ticket a = admit(p0, 41, 10, 2);
  finish(a);
  auto excess = ledger.finish(a, {}, 2, false);
  ASSERT_FALSE(excess);
  EXPECT_EQ(excess.error().code, ErrorCode::internal);
  EXPECT_NE(excess.error().message.find("offset 41"), std::string::npos);
  finish(a);
  EXPECT_FALSE(ledger.finish(a, {}, 1, false));
}

TEST_F(LedgerTest, SkippedRecordsAdvanceWithoutAnOutcome) {
  ledger.assign(p0);
  const Ticket a = admit(p0, 0);
  admit(p0, 1, 0, 0);
  EXPECT_EQ(taken(), Offsets{});
  finish(a);
  EXPECT_EQ(taken(), (Offsets{0, 1}));
  admit(p0, 2, 0, 0);
  EXPECT_EQ(taken(), Offsets{2});
}

TEST_F(LedgerTest, DurableClosesThePrefixAndReturnsItsBytes) {
  ledger.assign(p0);
  for (int64_t offset : {10, 12, 15}) finish(admit(p0, offset, offset));
  taken();
  EXPECT_EQ(ledger.marks(p0)->next, Offset{10});
  auto closed = ledger.durable(ledger.ticket(p0, Offset{12}));
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->records, 2u);
  EXPECT_EQ(closed->bytes, 22);
  EXPECT_EQ(ledger.marks(p0)->next, Offset{15});
  EXPECT_EQ(ledger.durable(ledger.ticket(p0, Offset{12}))->records, 0u);
  EXPECT_EQ(ledger.durable(ledger.ticket(p0, Offset{15}))->bytes, 15);
  EXPECT_EQ(ledger.marks(p0)->next, Offset{16});
  EXPECT_EQ(ledger.in_flight(), 0u);
}

TEST_F(LedgerTest, DurableBeforeItWasTakenIsAnError) {
  ledger.assign(p0);
  const Ticket a = admit(p0, 0);
  EXPECT_FALSE(ledger.durable(a));
  finish(a);
  EXPECT_FALSE(ledger.durable(a));
  taken();
  EXPECT_TRUE(ledger.durable(a));
}

TEST_F(LedgerTest, AnOldEpochIsLate) {
  ledger.assign(p0);
  const Ticket old = admit(p0, 0, 70);
  EXPECT_EQ(ledger.lose(p0).bytes, 70);
  EXPECT_EQ(ledger.room(p0), 0u);
  EXPECT_EQ(finish(old), Ledger::Finish::late);
  ledger.assign(p0);
  const Ticket again = admit(p0, 0, 7);
  EXPECT_EQ(finish(old), Ledger::Finish::late);
  EXPECT_EQ(ledger.reprice(old, 100), 0);
  EXPECT_EQ(ledger.durable(old)->records, 0u);
  EXPECT_EQ(taken(), Offsets{});
  EXPECT_EQ(finish(again), Ledger::Finish::closed);
  EXPECT_EQ(taken(), Offsets{0});
}

TEST_F(LedgerTest, LosingAPartitionWithFinishedRecordsReleasesNothingOfIt) {
  ledger.assign(p0);
  ledger.assign(p1);
  finish(admit(p0, 0));
  finish(admit(p1, 8));
  ledger.lose(p0);
  EXPECT_EQ(taken(), Offsets{8});
}

TEST_F(LedgerTest, RepricesWhatIsInFlight) {
  ledger.assign(p0);
  const Ticket a = admit(p0, 0, 100);
  EXPECT_EQ(ledger.reprice(a, -60), -60);
  finish(a);
  taken();
  EXPECT_EQ(ledger.reprice(a, -60), -40);  // no price is negative
  EXPECT_EQ(ledger.reprice(a, 40), 40);
  EXPECT_EQ(ledger.durable(a)->bytes, 40);
}

TEST_F(LedgerTest, OffsetsThatGoBackAreAnError) {
  ledger.assign(p0);
  admit(p0, 10);
  EXPECT_FALSE(ledger.admit(ledger.ticket(p0, Offset{10}), 1, 1));
  EXPECT_FALSE(ledger.admit(ledger.ticket(p0, Offset{3}), 1, 1));
  EXPECT_FALSE(ledger.admit(ledger.ticket(p1, Offset{3}), 1, 1));  // not assigned
}

TEST_F(LedgerTest, RoomIsPerPartitionAndRingsFollowWhatIsInFlight) {
  ledger.assign(p0);
  ledger.assign(p1);
  std::vector<Ticket> tickets;
  for (int64_t round = 0; round < 5; ++round) {
    tickets.clear();
    for (int64_t i = 0; i < 1000; ++i) tickets.push_back(admit(p0, round * 1000 + i, 1));
    EXPECT_EQ(ledger.room(p0), 0u);
    EXPECT_EQ(ledger.room(p1), 1000u);
    for (const Ticket& ticket : tickets) finish(ticket);
    EXPECT_EQ(taken().size(), 1000u);
    for (size_t i = 0; i < tickets.size(); i += 7) ASSERT_TRUE(ledger.durable(tickets[i]));
    ASSERT_TRUE(ledger.durable(tickets.back()));
    EXPECT_EQ(ledger.room(p0), 1000u);
  }
}

}  // namespace
}  // namespace weir
