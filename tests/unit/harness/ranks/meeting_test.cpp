#include "harness/ranks/meeting.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "kernels/error.h"

namespace assay::harness::ranks {
namespace {

using testing::HasSubstr;

class MeetingInAFolder : public testing::Test {
 protected:
  MeetingInAFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "assay-meeting-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~MeetingInAFolder() override { std::filesystem::remove_all(folder_); }

  bool joins(const Meeting& meeting) {
    try {
      return meeting.connect(60, interrupt_).open();
    } catch (const Error&) {
      return false;
    }
  }

  std::filesystem::path own_folder() const { return folder_ / fmt::format("ranks-{}", geteuid()); }

  std::filesystem::path folder_;
  Place place_ = {.rank = 0, .ranks = 2, .slots = 2, .job = "7", .launcher = "Slurm"};
  worker::Interrupt interrupt_;
};

TEST_F(MeetingInAFolder, ARankFindsTheCoordinatorByAFileThatIsRemovedAfterTheRun) {
  {
    Meeting published(folder_.string(), place_);
    const Hub hub = published.listen();
    EXPECT_TRUE(std::filesystem::exists(own_folder() / "7.json"));
    EXPECT_TRUE(joins(Meeting(folder_.string(), place_)));
  }
  EXPECT_FALSE(std::filesystem::exists(own_folder()));
}

TEST_F(MeetingInAFolder, ARankThatComesFirstWaits) {
  std::thread rank([&] { EXPECT_TRUE(joins(Meeting(folder_.string(), place_))); });
  Meeting published(folder_.string(), place_);
  const Hub hub = published.listen();
  rank.join();
}

TEST_F(MeetingInAFolder, ParallelJobsDoNotMeet) {
  Meeting published(folder_.string(), place_);
  const Hub hub = published.listen();
  Place elsewhere = place_;
  elsewhere.job = "8";
  EXPECT_THROW(Meeting(folder_.string(), elsewhere).connect(0.1, interrupt_), Error);
}

TEST_F(MeetingInAFolder, AFileThatOthersCouldHaveWrittenIsRefusedAtOnce) {
  Meeting published(folder_.string(), place_);
  const Hub hub = published.listen();
  std::filesystem::permissions(own_folder() / "7.json", std::filesystem::perms(0666));
  EXPECT_THROW(Meeting(folder_.string(), place_).connect(60, interrupt_), InputError);
}

TEST_F(MeetingInAFolder, NamesAFolderThatCannotBeCreated) {
  Meeting meeting("/proc/no/such", place_);
  try {
    meeting.listen();
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("/proc/no/such/ranks-"));
    EXPECT_THAT(error.hint(), HasSubstr("--rendezvous"));
  }
}

TEST_F(MeetingInAFolder, OneHostUsesNoNetworkAndRanksOfOurOwnNeedNoFile) {
  Place started = place_;
  started.launcher = "";
  Meeting meeting(folder_.string(), started);
  const Hub hub = meeting.listen();
  EXPECT_THAT(hub.endpoints(), testing::ElementsAre(testing::StartsWith("ipc://@assay-")));
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
  EXPECT_TRUE(joins(Meeting(place_text(hub.endpoints().front()), started, meeting.secret())));
}

TEST_F(MeetingInAFolder, SeveralHostsUseTheAddressesOfThisOneAndNeverAll) {
  place_.slots = 1;
  Meeting meeting(folder_.string(), place_);
  const Hub hub = meeting.listen();
  EXPECT_EQ(hub.endpoints().size(), own_addresses().size());
  for (const std::string& endpoint : hub.endpoints()) {
    EXPECT_THAT(endpoint, testing::Not(testing::AnyOf(HasSubstr("0.0.0.0"), HasSubstr("[::]"))));
  }
  EXPECT_TRUE(joins(Meeting(folder_.string(), place_)));
}

TEST_F(MeetingInAFolder, AnAddressNeedsASecretThatTheJobIdDoesNotTell) {
  unsetenv(kSecretVariable);
  try {
    const Meeting meeting("localhost:4242", place_);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("share no secret"));
    EXPECT_THAT(error.hint(), HasSubstr(kSecretVariable));
  }
}

TEST_F(MeetingInAFolder, TheUsersSecretIsTakenOutOfTheEnvironmentAndNeverShown) {
  const JobSecret secret = JobSecret::random();
  setenv(kSecretVariable, secret.hex().c_str(), 1);
  const Meeting meeting("localhost:4242", place_);
  EXPECT_EQ(meeting.secret(), secret);
  EXPECT_EQ(std::getenv(kSecretVariable), nullptr);
  setenv(kSecretVariable, "too short", 1);
  try {
    const Meeting other("localhost:4242", place_);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("is not 64 hexadecimal digits"));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("too short")));
  }
}

TEST(Address, IsAHostAndAPort) {
  EXPECT_EQ(host_and_port_in("node1:4242")->port, 4242);
  EXPECT_EQ(host_and_port_in("[::1]:4243")->host, "::1");
  EXPECT_FALSE(host_and_port_in("/home/ada:4242/folder"));
  EXPECT_FALSE(host_and_port_in("folder"));
  for (const char* text : {"node1:", "node1:0", "node1:70000", ":4242", "node1:4x"}) {
    EXPECT_THROW(host_and_port_in(text), InputError) << text;
  }
  EXPECT_EQ(endpoint_text("::1", 42), "tcp://[::1]:42");
  EXPECT_EQ(endpoint_text("127.0.0.1", 0), "tcp://127.0.0.1:*");
  EXPECT_EQ(place_text("tcp://[::1]:42"), "[::1]:42");
}

}  // namespace
}  // namespace assay::harness::ranks
