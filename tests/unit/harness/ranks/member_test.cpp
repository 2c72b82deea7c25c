#include "harness/ranks/member.h"

#include <gmock/gmock.h>

#include <thread>

#include "harness/ranks/hub.h"

namespace assay::harness::ranks {
namespace {

using testing::HasSubstr;

/// A rank in a separate thread; the test acts as the coordinator.
class Serving : public testing::Test {
 protected:
  void SetUp() override {
    rank_ = std::thread([this] {
      const Place place{.rank = 0, .ranks = 1, .job = "job", .launcher = "assay"};
      const Meeting meeting(place_text(hub_.endpoints().front()), place, secret_);
      Member member(place, meeting, rank_interrupt_, 60);
      Equipment equipment;
      member.serve(equipment, {}, [](const auto&) {});
    });
    EXPECT_THAT(next(), HasSubstr("{\"hello\":"));
    send(line_of(Welcome{"run"}));
    EXPECT_THAT(next(), HasSubstr("{\"planned\":"));
  }
  void TearDown() override {
    send(line_of(End()));
    rank_.join();
  }

  std::string next() {
    constexpr int kTries = 600;
    for (int i = 0; i < kTries; ++i) {
      if (auto message = hub_.receive()) {
        peer_ = message->peer;
        return message->text;
      }
      hub_.wait(interrupt_, 100);
    }
    return "";
  }
  void send(const std::string& text) { EXPECT_TRUE(hub_.send(peer_, text)); }

  worker::Interrupt interrupt_, rank_interrupt_;
  const JobSecret secret_ = JobSecret::random();
  Hub hub_{secret_, {"tcp://127.0.0.1:*"}};
  Peer peer_;
  std::thread rank_;
};

TEST_F(Serving, ARankAnswersAtOnceThatItDoesNotKnowAMessage) {
  send(R"({"dance":{}})");
  EXPECT_THAT(next(), HasSubstr("{\"failed\":{\"reason\":\"unknown kind of message"));
  send("no message");
  EXPECT_THAT(next(), HasSubstr("{\"failed\":{\"reason\":\"not a message"));
}

TEST_F(Serving, ARankAnswersAtOnceThatItDoesNotKnowARequest) {
  send(line_of(Order{"mpi", 60}));
  send(R"({"dance":{}})");
  EXPECT_THAT(next(), HasSubstr("{\"failed\":{\"reason\":\"unknown kind of message"));
  send(line_of(Order{"mpi", 60}));
  send(line_of(DeviceRequest(CheckOutput())));
  EXPECT_THAT(next(), HasSubstr("module mpi has no device on this rank"));
}

TEST_F(Serving, ARankWithAnEmptyPlanIsDoneAtOnce) {
  send(line_of(Go()));
  EXPECT_EQ(next(), line_of(Done()));
}

}  // namespace
}  // namespace assay::harness::ranks
