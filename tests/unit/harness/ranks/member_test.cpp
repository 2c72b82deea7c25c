#include "harness/ranks/member.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <thread>

#include "harness/ranks/line_socket.h"

namespace assay::harness::ranks {
namespace {

using testing::HasSubstr;

/// A rank in a thread of its own, and a coordinator that the test plays.
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

TEST_F(Serving, a_rank_answers_at_once_that_it_does_not_know_a_message) {
  channel_.send(R"({"dance":{}})");
  EXPECT_THAT(next(), HasSubstr("{\"failed\":{\"reason\":\"there is no message of the kind"));
  channel_.send("no message");
  EXPECT_THAT(next(), HasSubstr("{\"failed\":{\"reason\":\"this is no message"));
}

TEST_F(Serving, a_rank_answers_at_once_that_it_does_not_know_a_request) {
  channel_.send(line_of(Order{"mpi", 60}));
  channel_.send(R"({"dance":{}})");
  EXPECT_THAT(next(), HasSubstr("{\"failed\":{\"reason\":\"there is no message of the kind"));
  channel_.send(line_of(Order{"mpi", 60}));
  channel_.send(worker::line_of(worker::Check()));
  EXPECT_THAT(next(), HasSubstr("module mpi has no device here"));
}

TEST_F(Serving, a_rank_that_has_nothing_to_measure_is_done_when_its_turn_comes) {
  channel_.send(line_of(Go()));
  EXPECT_EQ(next(), line_of(Done()));
}

}  // namespace
}  // namespace assay::harness::ranks
