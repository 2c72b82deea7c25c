#include "harness/ranks/coordinator.h"

#include <gmock/gmock.h>

#include <set>

#include "harness/environment/environment.h"
#include "harness/ranks/messages.h"
#include "kernels/error.h"

namespace assay::harness::ranks {
namespace {

using testing::HasSubstr;

/// A coordinator in this process; the test acts as the ranks.
class Coordinating : public testing::Test {
 protected:
  Coordinator& start(std::uint32_t ranks, double gather_seconds = 0.5) {
    Listener listener(0);
    port_ = listener.port();
    coordinator_.emplace(
        std::move(listener),
        CoordinatorOptions{.ranks = ranks,
                           .token = "secret",
                           .run = "run",
                           .gather_seconds = gather_seconds,
                           .silence_seconds = 0.5},
        CoordinatorEvents{
            [this](const results::record::Record& record) { kept_.push_back(record); },
            [](const RankReport&) {}, [] {},
            [this](std::uint32_t rank) { return ended_.contains(rank); },
            [](std::uint32_t) { return std::string(); }},
        interrupt_);
    return *coordinator_;
  }

  worker::LineChannel visit(const std::string& line) {
    auto socket = connect_to({"localhost"}, port_, 5);
    socket->send(line);
    return std::move(*socket);
  }
  worker::LineChannel visit(const Hello& hello) { return visit(line_of(hello)); }

  static Hello hello(std::uint32_t rank) {
    return {"secret", rank, rank, "node1", environment::version_text()};
  }

  static Planned planned() {
    plan::Plan plan;
    plan.entries = {{kernels::Problem::parse("copy n=64 type=f32"),
                     "",
                     0,
                     "native/fake",
                     results::record::Division::native,
                     {},
                     {}}};
    results::record::DeviceIdentity device;
    device.backend = "faulty";
    return {device, stored_entries(plan, {device}), {}, 1e9, "{}"};
  }

  worker::Interrupt interrupt_;
  std::set<std::uint32_t> ended_;  ///< ranks whose process has ended
  std::uint16_t port_ = 0;
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

TEST_F(Coordinating, RefusesConnectionsFromOutsideTheJob) {
  Coordinator& coordinator = start(1);
  std::vector<worker::LineChannel> visitors;
  Hello other = hello(0);
  other.token = "guess";
  visitors.push_back(visit(other));
  visitors.push_back(visit(hello(7)));
  for (const char* one :
       {R"({"hello":{"token":"secret","rank":"first","slot":0,"host":"a","version":"1"}})",
        R"({"hello":{"token":5,"rank":0,"slot":0,"host":"a","version":"1"}})", R"({"go":{}})",
        "GET / HTTP/1.1", "{", R"({"kind":3})"}) {
    visitors.push_back(visit(one));
  }
  coordinator.gather();
  EXPECT_EQ(coordinator.ranks()[0].state, RankReport::State::lost);
  EXPECT_THAT(coordinator.ranks()[0].lost, HasSubstr("did not connect"));
  for (worker::LineChannel& visitor : visitors) {
    std::string line;
    EXPECT_EQ(visitor.receive(line, 1), worker::LineChannel::Event::closed);
  }
}

TEST_F(Coordinating, NamesARankOfAnotherVersion) {
  Coordinator& coordinator = start(1);
  Hello old = hello(0);
  old.version = "0.0.1";
  const worker::LineChannel visitor = visit(old);
  coordinator.gather();
  EXPECT_THAT(coordinator.ranks()[0].lost, HasSubstr("runs assay 0.0.1"));
}

TEST_F(Coordinating, LosesOnlyTheRankThatSendsInvalidMessages) {
  Coordinator& coordinator = start(2);
  worker::LineChannel good = visit(hello(0)), bad = visit(hello(1));
  good.send(line_of(planned()));
  bad.send(R"({"planned":{"device":7}})");
  coordinator.gather();
  EXPECT_EQ(coordinator.ranks()[0].state, RankReport::State::planned);
  EXPECT_EQ(coordinator.ranks()[1].state, RankReport::State::lost);
  EXPECT_THAT(coordinator.ranks()[1].lost, HasSubstr("it sent an invalid message"));
}

TEST_F(Coordinating, RecordsWhatASilentRankWasMeasuring) {
  Coordinator& coordinator = start(1);
  worker::LineChannel rank = visit(hello(0));
  rank.send(line_of(planned()));
  rank.send(line_of(Begins{0}));
  coordinator.gather();
  coordinator.measure();
  ASSERT_EQ(kept_.size(), 1U);
  EXPECT_EQ(kept_[0].status, results::record::Status::crashed);
  EXPECT_EQ(kept_[0].run, "run");
  EXPECT_THAT(kept_[0].reason, HasSubstr("rank 0 (node1, slot 0) was lost: it sent nothing"));
}

TEST_F(Coordinating, NamesTheRankThatFailedAnOrder) {
  Coordinator& coordinator = start(2);
  worker::LineChannel first = visit(hello(0)), second = visit(hello(1));
  for (worker::LineChannel* rank : {&first, &second}) rank->send(line_of(planned()));
  coordinator.gather();
  first.send(worker::line_of(worker::Left()));
  second.send(worker::line_of(worker::Failed{"no memory", "", false}));
  try {
    coordinator.ask_all([](std::uint32_t) { return CheckOutput(); }, {"mpi", 5}, 5);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "rank 1 (node1, slot 1): no memory");
  }
  std::string line;
  EXPECT_EQ(second.receive(line, 1), worker::LineChannel::Event::line);
}

}  // namespace
}  // namespace assay::harness::ranks
