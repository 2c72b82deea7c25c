#include "harness/ranks/coordinator.h"

#include <gmock/gmock.h>

#include "harness/environment/environment.h"
#include "harness/ranks/messages.h"
#include "harness/worker/protocol.h"
#include "kernels/error.h"

namespace assay::harness::ranks {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;

/// A coordinator of this process, and ranks that a test plays.
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
            [](const RankReport&) {}, [] {}, [](std::uint32_t) { return std::string(); }},
        interrupt_);
    return *coordinator_;
  }

  LineSocket visit(const ordered_json& hello) {
    auto socket = connect_to({"localhost"}, port_, 5);
    socket->send(hello.is_string() ? hello.get<std::string>() : line_of(hello));
    return std::move(*socket);
  }

  static ordered_json hello(int rank) {
    return {{"kind", "hello"}, {"token", "secret"}, {"rank", rank},
            {"slot", rank},    {"host", "node1"},   {"version", environment::version_text()}};
  }

  static ordered_json planned() {
    plan::Plan plan;
    plan.entries = {
        {"copy n=64 type=f32", "", 0, "native/fake", results::record::Division::native, {}, {}}};
    results::record::DeviceIdentity device;
    device.backend = "faulty";
    return {{"kind", "planned"},
            {"device", worker::to_json(device)},
            {"plan", plan_to_json(plan, {device})},
            {"collective", ordered_json::array()},
            {"memory", 1e9},
            {"environment", "{}"}};
  }

  worker::Interrupt interrupt_;
  std::uint16_t port_ = 0;
  std::optional<Coordinator> coordinator_;
  std::vector<results::record::Record> kept_;
};

TEST_F(Coordinating, who_is_no_rank_of_the_job_is_not_let_in) {
  Coordinator& coordinator = start(1);
  std::vector<LineSocket> visitors;
  ordered_json other = hello(0);
  other["token"] = "guess";
  ordered_json beyond = hello(7);
  ordered_json odd = hello(0);
  odd["rank"] = "first";
  ordered_json number = hello(0);
  number["token"] = 5;
  for (const ordered_json& one : {other, beyond, odd, number, ordered_json("GET / HTTP/1.1"),
                                  ordered_json("{"), ordered_json({{"kind", 3}})}) {
    visitors.push_back(visit(one));
  }
  coordinator.gather();
  EXPECT_EQ(coordinator.ranks()[0].state, RankReport::State::lost);
  EXPECT_THAT(coordinator.ranks()[0].lost, HasSubstr("did not come"));
  for (LineSocket& visitor : visitors) {
    std::string line;
    EXPECT_EQ(visitor.receive(line, 1), LineSocket::Event::closed);
  }
}

TEST_F(Coordinating, a_rank_of_another_version_is_named) {
  Coordinator& coordinator = start(1);
  ordered_json old = hello(0);
  old["version"] = "0.0.1";
  const LineSocket visitor = visit(old);
  coordinator.gather();
  EXPECT_THAT(coordinator.ranks()[0].lost, HasSubstr("runs assay 0.0.1"));
}

TEST_F(Coordinating, a_rank_that_talks_nonsense_is_lost_and_the_others_are_not) {
  Coordinator& coordinator = start(2);
  LineSocket good = visit(hello(0)), bad = visit(hello(1));
  good.send(line_of(planned()));
  bad.send(R"({"kind":"planned","device":7})");
  coordinator.gather();
  EXPECT_EQ(coordinator.ranks()[0].state, RankReport::State::planned);
  EXPECT_EQ(coordinator.ranks()[1].state, RankReport::State::lost);
  EXPECT_THAT(coordinator.ranks()[1].lost, HasSubstr("cannot be understood"));
}

TEST_F(Coordinating, what_a_silent_rank_was_measuring_becomes_a_record) {
  Coordinator& coordinator = start(1);
  LineSocket rank = visit(hello(0));
  rank.send(line_of(planned()));
  rank.send(line_of({{"kind", "begins"}, {"index", 0}}));
  coordinator.gather();
  coordinator.measure();
  ASSERT_EQ(kept_.size(), 1U);
  EXPECT_EQ(kept_[0].status, results::record::Status::crashed);
  EXPECT_EQ(kept_[0].run, "run");
  EXPECT_THAT(kept_[0].reason, HasSubstr("rank 0 (node1, slot 0) was lost: nothing was heard"));
}

TEST_F(Coordinating, an_order_that_one_rank_fails_is_told_with_its_name) {
  Coordinator& coordinator = start(2);
  LineSocket first = visit(hello(0)), second = visit(hello(1));
  for (LineSocket* rank : {&first, &second}) rank->send(line_of(planned()));
  coordinator.gather();
  first.send(R"({"kind":"answer","ok":true})");
  second.send(R"({"kind":"answer","ok":false,"reason":"no memory"})");
  try {
    coordinator.ask_all([](std::uint32_t) { return ordered_json{{"kind", "hold"}}; }, 5);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "rank 1 (node1, slot 1): no memory");
  }
  std::string line;
  EXPECT_EQ(second.receive(line, 1), LineSocket::Event::line);
}

}  // namespace
}  // namespace assay::harness::ranks
