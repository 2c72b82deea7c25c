#include "harness/worker/line_channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace assay::harness::worker {
namespace {

using results::process::Descriptor;
using Event = LineChannel::Event;

struct Ends {
  LineChannel one, other;
};

Ends connected() {
  int ends[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  return {LineChannel(Descriptor(ends[0])), LineChannel(Descriptor(ends[1]))};
}

TEST(LineChannel, CarriesLinesBothWays) {
  Ends ends = connected();
  EXPECT_TRUE(ends.one.send("first"));
  EXPECT_TRUE(ends.one.send(""));
  std::string line;
  EXPECT_EQ(ends.other.receive(line, 60), Event::line);
  EXPECT_EQ(line, "first");
  EXPECT_EQ(ends.other.receive(line, 60), Event::line);
  EXPECT_EQ(line, "");
  EXPECT_EQ(ends.other.receive(line, 0), Event::timed_out);
}

TEST(LineChannel, GivesWhatWasSaidBeforeTheOtherEndWentThoughMoreIsSentToIt) {
  Ends ends = connected();
  ends.other.send("done");
  ends.other.close();
  EXPECT_FALSE(ends.one.send("more"));
  std::string line;
  EXPECT_EQ(ends.one.receive(line, 60), Event::line);
  EXPECT_EQ(line, "done");
  EXPECT_EQ(ends.one.receive(line, 60), Event::closed);
}

TEST(LineChannel, ClosesWhenALineIsBeyondTheLimit) {
  Ends ends = connected();
  ends.other.limit(10);
  ends.one.send("more than ten bytes");
  std::string line;
  EXPECT_EQ(ends.other.receive(line, 60), Event::closed);
}

TEST(LineChannel, GivesUpAnEndThatTakesNothing) {
  Ends ends = connected();
  EXPECT_FALSE(ends.one.send(std::string(std::size_t{8} << 20, 'x'), 0));
  EXPECT_FALSE(ends.one.open());
}

}  // namespace
}  // namespace assay::harness::worker
