#include "harness/ranks/meeting.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "kernels/error.h"

namespace assay::harness::ranks {
namespace {

class MeetingInAFolder : public testing::Test {
 protected:
  MeetingInAFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "assay-meeting-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~MeetingInAFolder() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  Place place_ = {.rank = 0, .ranks = 2, .job = "7"};
  worker::Interrupt interrupt_;
};

TEST_F(MeetingInAFolder, ARankFindsTheCoordinatorAndTheyExchangeLines) {
  Listener listener(0);
  Meeting published(folder_.string(), place_);
  const Endpoint endpoint = published.publish(listener.port());
  const Meeting other(folder_.string(), place_);
  Endpoint found;
  LineChannel rank = other.connect(5, interrupt_, found);
  EXPECT_EQ(found.token, endpoint.token);
  EXPECT_EQ(found.token.size(), 32U);
  auto coordinator = listener.accept();
  ASSERT_TRUE(coordinator);
  const std::string large(1 << 20, 'x');
  std::string line;
  ASSERT_TRUE(rank.send("hello"));
  EXPECT_EQ(coordinator->receive(line, 5), LineChannel::Event::line);
  EXPECT_EQ(line, "hello");
  EXPECT_EQ(coordinator->receive(line, 0), LineChannel::Event::timed_out);
  ASSERT_TRUE(coordinator->send("short"));
  rank.close();
  EXPECT_EQ(coordinator->receive(line, 5), LineChannel::Event::closed);
}

TEST_F(MeetingInAFolder, OnlyTheOwnerReadsTheAddressAndItIsRemovedAfterTheRun) {
  const auto file = folder_ / "ranks-7.json";
  {
    Meeting meeting(folder_.string(), place_);
    meeting.publish(4242);
    struct stat status = {};
    ASSERT_EQ(stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
  }
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(MeetingInAFolder, ParallelJobsDoNotMeet) {
  Listener listener(0);
  Meeting meeting(folder_.string(), place_);
  meeting.publish(listener.port());
  Place elsewhere = place_;
  elsewhere.job = "8";
  const Meeting other(folder_.string(), elsewhere);
  Endpoint found;
  EXPECT_THROW(other.connect(0.1, interrupt_, found), Error);
}

TEST_F(MeetingInAFolder, NamesAFolderThatCannotBeCreated) {
  Meeting meeting("/proc/no/such", place_);
  try {
    meeting.publish(4242);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("/proc/no/such/ranks-7.json"));
    EXPECT_THAT(error.hint(), testing::HasSubstr("--rendezvous"));
  }
}

TEST_F(MeetingInAFolder, AcceptsAnAddressInsteadOfAFolder) {
  const Meeting meeting("node1:4242", place_), six("[::1]:4243", place_);
  EXPECT_EQ(meeting.port(), 4242);
  EXPECT_EQ(six.port(), 4243);
  for (const char* text : {"node1:", "node1:0", "node1:70000", ":4242", "node1:4x"}) {
    EXPECT_THROW(Meeting(text, place_), InputError) << text;
  }
}

TEST(LineChannel, ClosesAfterATooLongLine) {
  Listener listener(0);
  auto rank = connect_to({"localhost"}, listener.port(), 5);
  ASSERT_TRUE(rank);
  auto visitor = listener.accept();
  ASSERT_TRUE(visitor);
  visitor->limit(4096);
  rank->send(std::string(20000, 'x'));
  std::string line;
  EXPECT_EQ(visitor->receive(line, 5), LineChannel::Event::closed);
}

}  // namespace
}  // namespace assay::harness::ranks
