#include "harness/ranks/coordinator.h"

#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "harness/environment/environment.h"
#include "harness/ranks/link.h"
#include "harness/ranks/messages.h"
#include "kernels/error.h"
#include "tests/ranks/planned.h"

namespace assay::harness::ranks {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

/// A coordinator in this process; the test acts as the ranks.
class Coordinating : public testing::Test {
 protected:
  Coordinator& start(std::uint32_t ranks, double gather_seconds = 60) {
    Hub hub(secret_, {"tcp://127.0.0.1:*"}, kMostBytes);
    endpoint_ = hub.endpoints().front();
    coordinator_.emplace(
        std::move(hub),
        CoordinatorOptions{
            .ranks = ranks, .run = "run", .gather_seconds = gather_seconds, .silence_seconds = 0.5},
        CoordinatorEvents{[](std::span<const results::record::Record>) { return std::size_t{0}; },
                          [this](std::span<const results::record::Record> records, std::size_t) {
                            kept_.insert(kept_.end(), records.begin(), records.end());
                          },
                          [](const RankReport&) {}, [] {},
                          [this](std::uint32_t rank) { return ended_.contains(rank); },
                          [](std::uint32_t) { return std::string(); },
                          [this](const std::string& line) { notes_.push_back(line); }},
        interrupt_);
    return *coordinator_;
  }

  Link visit(const std::string& text) {
    Link link(endpoint_, secret_);
    link.send(text);
    return link;
  }
  Link visit(const Hello& hello) { return visit(line_of(hello)); }

  /// A rank that has sent its plan.
  Link ready(std::uint32_t rank) {
    Link link = visit(hello(rank));
    link.send(line_of(planned()));
    return link;
  }

  static results::record::Record record(const std::string& id, const std::string& run = "run") {
    results::record::Record out;
    out.id = id;
    out.run = run;
    return out;
  }

  static Hello hello(std::uint32_t rank) {
    return {rank, rank, "node1", environment::version_text()};
  }

  worker::Interrupt interrupt_;
  std::set<std::uint32_t> ended_;  ///< ranks whose process has ended
  static constexpr std::size_t kMostBytes = 1 << 20;
  const JobSecret secret_ = JobSecret::random();
  std::string endpoint_;
  std::vector<std::string> notes_;
  std::optional<Coordinator> coordinator_;
  std::vector<results::record::Record> kept_;
};

TEST_F(Coordinating, ARankWhoseProcessHasEndedIsNotWaitedFor) {
  ended_ = {0};
  // No timeout: this would wait for an hour.
  Coordinator& coordinator = start(1, 3600);
  coordinator.gather();
  EXPECT_EQ(coordinator.ranks()[0].state, RankReport::State::lost);
  EXPECT_THAT(coordinator.ranks()[0].lost, HasSubstr("ended before it connected"));
}

TEST_F(Coordinating, AProcessOfTheJobThatIsNoRankIsRefusedWithAReason) {
  Coordinator& coordinator = start(1);
  std::vector<Link> visitors;
  visitors.push_back(visit(hello(7)));
  for (const char* one : {R"({"hello":{"rank":"first","slot":0,"host":"a","version":"1"}})",
                          R"({"hello":{"rank":-1,"slot":0,"host":"a","version":"1"}})",
                          R"({"go":{}})", R"({"alive":{}})", "{", R"({"kind":3})"}) {
    visitors.push_back(visit(one));
  }
  Link first = ready(0);
  coordinator.gather();
  EXPECT_EQ(coordinator.ranks()[0].state, RankReport::State::planned);
  Link second = visit(hello(0));
  visitors.push_back(std::move(second));
  first.send(line_of(Begins{0}));
  coordinator.measure();
  for (Link& visitor : visitors) {
    std::string text;
    ASSERT_EQ(visitor.receive(text, 60), Link::Event::message);
    EXPECT_THAT(text, HasSubstr("{\"refused\":"));
  }
  ASSERT_EQ(notes_.size(), 3U);
  EXPECT_THAT(notes_.back(), HasSubstr("more such messages are not reported"));
}

TEST_F(Coordinating, NamesARankOfAnotherVersion) {
  Coordinator& coordinator = start(1);
  Hello old = hello(0);
  old.version = "0.0.1";
  const Link visitor = visit(old);
  coordinator.gather();
  EXPECT_THAT(coordinator.ranks()[0].lost, HasSubstr("runs assay 0.0.1"));
}

TEST_F(Coordinating, LosesOnlyTheRankWhosePlanIsInvalid) {
  Coordinator& coordinator = start(2);
  Link good = ready(0), bad = visit(hello(1));
  bad.send(R"({"planned":{"device":7}})");
  coordinator.gather();
  EXPECT_EQ(coordinator.ranks()[0].state, RankReport::State::planned);
  EXPECT_EQ(coordinator.ranks()[1].state, RankReport::State::lost);
  EXPECT_THAT(coordinator.ranks()[1].lost, HasSubstr("it sent an invalid message"));
}

TEST_F(Coordinating, OddMessagesAreNotTakenAndTheRankGoesOn) {
  results::record::Record elsewhere = record("b");
  elsewhere.environment = std::string(64, 'e');
  const std::string deep = "{\"record\":" + std::string(50000, '[') + std::string(50000, ']') + "}";
  for (const auto& [odd, words] : std::initializer_list<std::pair<std::string, const char*>>{
           {"no message", "not a message"},
           {"\x01\x1b[31m", "not a message"},
           {R"({"dance":{}})", "unknown kind of message"},
           {R"({"begins":{"index":"first"}})", "rank 0 (node1, slot 0): a message was not taken"},
           {std::string(kMostBytes + 1, ' '), "too long"},
           {deep, "rank 0 (node1, slot 0): a message was not taken"},
           {line_of(Made{record("a", "another run")}), "a record of run another run"},
           {line_of(Made{record("first")}), "a second record with the same id"},
           {line_of(Made{elsewhere}), "another environment"},
           {line_of(hello(0)), "a second introduction"},
           {line_of(planned()), "a second plan"}}) {
    kept_.clear();
    notes_.clear();
    Coordinator& coordinator = start(1);
    Link rank = ready(0);
    coordinator.gather();
    rank.send(line_of(Made{record("too early")}));
    std::string text;
    ASSERT_EQ(rank.receive(text, 60), Link::Event::message);
    std::thread measuring([&] { coordinator.measure(); });
    ASSERT_EQ(rank.receive(text, 60), Link::Event::message);
    EXPECT_EQ(text, line_of(Go()));
    rank.send(line_of(Made{record("first")}));
    rank.send(odd);
    rank.send(line_of(Made{record("last")}));
    rank.send(line_of(Done()));
    measuring.join();
    EXPECT_EQ(coordinator.ranks()[0].state, RankReport::State::done) << words;
    EXPECT_EQ(coordinator.ranks()[0].measured, kept_.size());
    ASSERT_GE(kept_.size(), 2U) << words;
    EXPECT_EQ(kept_.back().id, "last");
    ASSERT_FALSE(notes_.empty()) << words;
    EXPECT_THAT(notes_.back(), HasSubstr(words));
    EXPECT_THAT(notes_.back(), Not(AnyOf(HasSubstr("\n"), HasSubstr("\x1b"))));
    for (const auto& kept : kept_) EXPECT_EQ(kept.run, "run");
  }
}

TEST_F(Coordinating, ALostConnectionLosesTheRankAfterItsLastRecord) {
  Coordinator& coordinator = start(2);
  std::optional<Link> leaving = ready(0);
  Link staying = ready(1);
  coordinator.gather();
  std::thread measuring([&] { coordinator.measure(); });
  std::string text;
  for (int i = 0; i < 2; ++i) leaving->receive(text, 60);
  for (int i = 0; i < 100; ++i) leaving->send(line_of(Made{record(std::to_string(i))}));
  leaving->send(line_of(Begins{0}));
  leaving.reset();
  staying.send(line_of(Done()));
  measuring.join();
  EXPECT_EQ(coordinator.ranks()[0].state, RankReport::State::lost);
  EXPECT_EQ(coordinator.ranks()[0].lost, "its connection closed");
  ASSERT_EQ(kept_.size(), 101U);
  EXPECT_EQ(kept_.back().status, results::record::Status::crashed);
}

TEST_F(Coordinating, RecordsWhatASilentRankWasMeasuring) {
  Coordinator& coordinator = start(1);
  Link rank = ready(0);
  coordinator.gather();
  std::thread measuring([&] { coordinator.measure(); });
  std::string text;
  for (int i = 0; i < 2; ++i) rank.receive(text, 60);
  rank.send(line_of(Begins{0}));
  measuring.join();
  ASSERT_EQ(kept_.size(), 1U);
  EXPECT_EQ(kept_[0].status, results::record::Status::crashed);
  EXPECT_EQ(kept_[0].run, "run");
  EXPECT_THAT(kept_[0].reason, HasSubstr("rank 0 (node1, slot 0) was lost: it sent nothing"));
}

TEST_F(Coordinating, NamesTheRankThatFailedAnOrder) {
  Coordinator& coordinator = start(2);
  Link first = ready(0), second = ready(1);
  coordinator.gather();
  first.send(worker::line_of(worker::Left()));
  second.send(worker::line_of(worker::Failed{"no memory", "", false}));
  try {
    coordinator.ask_all([](std::uint32_t) { return CheckOutput(); }, {"mpi", 60}, 60);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "rank 1 (node1, slot 1): no memory");
  }
  std::string text;
  EXPECT_EQ(second.receive(text, 60), Link::Event::message);
}

}  // namespace
}  // namespace assay::harness::ranks
