#include "harness/ranks/member.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <thread>

#include "harness/ranks/line_socket.h"

namespace assay::harness::ranks {
namespace {

using testing::HasSubstr;

/// A rank in a separate thread; the test acts as the coordinator.
class Serving : public testing::Test {
 protected:
  void SetUp() override {
    rank_ = std::thread([this] {
      const Place place{.rank = 0, .ranks = 1, .job = "job", .launcher = ""};
      const Meeting meeting(fmt::format("localhost:{}", listener_.port()), place);
      Member member(place, meeting, interrupt_, 60);
      Equipment equipment;
      member.serve(equipment, {}, [](const auto&) {});
    });
    std::optional<worker::LineChannel> channel;
    while (!channel) channel = listener_.accept();
    channel_ = std::move(*channel);
    EXPECT_THAT(next(), HasSubstr("{\"hello\":"));
    channel_.send(line_of(Welcome{"run"}));
    EXPECT_THAT(next(), HasSubstr("{\"planned\":"));
  }
  void TearDown() override {
    channel_.send(line_of(End()));
    rank_.join();
  }

  std::string next() {
    std::string line;
    EXPECT_EQ(channel_.receive(line, 60), worker::LineChannel::Event::line);
    return line;
  }

  worker::Interrupt interrupt_;
  Listener listener_{0};
  worker::LineChannel channel_;
  std::thread rank_;
};

TEST_F(Serving, ARankAnswersAtOnceThatItDoesNotKnowAMessage) {
  channel_.send(R"({"dance":{}})");
  EXPECT_THAT(next(), HasSubstr("{\"failed\":{\"reason\":\"unknown kind of message"));
  channel_.send("no message");
  EXPECT_THAT(next(), HasSubstr("{\"failed\":{\"reason\":\"not a message"));
}

TEST_F(Serving, ARankAnswersAtOnceThatItDoesNotKnowARequest) {
  channel_.send(line_of(Order{"mpi", 60}));
  channel_.send(R"({"dance":{}})");
  EXPECT_THAT(next(), HasSubstr("{\"failed\":{\"reason\":\"unknown kind of message"));
  channel_.send(line_of(Order{"mpi", 60}));
  channel_.send(line_of(DeviceRequest(CheckOutput())));
  EXPECT_THAT(next(), HasSubstr("module mpi has no device on this rank"));
}

TEST_F(Serving, ARankWithAnEmptyPlanIsDoneAtOnce) {
  channel_.send(line_of(Go()));
  EXPECT_EQ(next(), line_of(Done()));
}

}  // namespace
}  // namespace assay::harness::ranks
