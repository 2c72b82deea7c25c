#include "harness/worker/device_worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "kernels/error.h"
#include "kernels/problem.h"

namespace assay::harness::worker {
namespace {

namespace fs = std::filesystem;
using results::record::Status;
using testing::Contains;
using testing::HasSubstr;

/// A shell script in place of a worker, which can crash and hang as required.
class ScriptedWorker : public testing::Test {
 protected:
  DeviceWorker worker(const std::string& script) {
    const fs::path file = folder_ / "worker";
    std::ofstream(file) << "#!/bin/sh\n" << script;
    fs::permissions(file, fs::perms::owner_all);
    WorkerSettings settings;
    settings.executable = file;
    results::record::DeviceIdentity device;
    device.backend = "fake";
    return DeviceWorker(settings, device, "module.so", nullptr);
  }

  static measure::Task asked() {
    return {kernels::Problem::parse("copy n=64 type=f32"), "native/x", {}};
  }

  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "assay-worker-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string joined() { return "echo '" + line_of(Joined()) + "' >&3\n"; }

  fs::path folder_;
  const std::function<void(const std::string&)> silent_ = [](const std::string&) {};
};

constexpr const char* kReady = "echo '{\"ready\":{}}' >&3\nread request <&3\n";

TEST_F(ScriptedWorker, ThatCrashesGivesARecordWithTheSignalAndThePhase) {
  DeviceWorker crashing = worker(std::string(kReady) +
                                 "echo '{\"done\":{}}' >&3\nread request <&3\n"
                                 "echo 'free(): invalid pointer' >&2\nkill -SEGV $$\n");
  std::vector<std::string> phases;
  const measure::Measurement record =
      crashing.measure(asked(), 60, [&](const std::string& phase) { phases.push_back(phase); });
  EXPECT_EQ(record.status, Status::crashed);
  EXPECT_THAT(record.reason, HasSubstr("SIGSEGV"));
  EXPECT_THAT(record.reason, HasSubstr("phase: upload"));
  EXPECT_THAT(record.reason, HasSubstr("free(): invalid pointer"));
  EXPECT_THAT(phases, Contains("upload"));
}

TEST_F(ScriptedWorker, ThatGivesAnInvalidAnswerIsEndedAndGivesARecord) {
  DeviceWorker odd = worker(std::string(kReady) + "echo '{\"done\":' >&3\nread more <&3\n");
  const measure::Measurement record = odd.measure(asked(), 60, silent_);
  EXPECT_EQ(record.status, Status::crashed);
  EXPECT_THAT(record.reason, HasSubstr("invalid answer"));
}

TEST_F(ScriptedWorker, ThatHangsIsKilledAndGivesARecord) {
  DeviceWorker hanging = worker(std::string(kReady) + "read more <&3\n");
  const measure::Measurement record = hanging.measure(asked(), 0.05, silent_);
  EXPECT_EQ(record.status, Status::timeout);
  EXPECT_THAT(record.reason, HasSubstr("50.0 ms"));
}

TEST_F(ScriptedWorker, ThatDiedIsStartedAgainForTheNextMeasurement) {
  DeviceWorker twice =
      worker("echo start >>" + (folder_ / "starts").string() + "\n" + kReady + "exit 3\n");
  twice.measure(asked(), 60, silent_);
  const measure::Measurement second = twice.measure(asked(), 60, silent_);
  EXPECT_THAT(second.reason, HasSubstr("exit code 3"));
  std::ifstream starts(folder_ / "starts");
  std::string line;
  int count = 0;
  while (std::getline(starts, line)) ++count;
  EXPECT_EQ(count, 2);
}

TEST_F(ScriptedWorker, ThatCannotOpenItsDeviceGivesItsReason) {
  DeviceWorker closed = worker(
      "echo '{\"failed\":{\"reason\":\"driver too "
      "old\",\"hint\":\"\",\"device_lost\":false,\"status\":\"error\"}}' "
      ">&3\n");
  const measure::Measurement record = closed.measure(asked(), 60, silent_);
  EXPECT_EQ(record.status, Status::error);
  EXPECT_THAT(record.reason, HasSubstr("driver too old"));
  EXPECT_THROW(closed.implementations(asked().problem), Error);
}

TEST_F(ScriptedWorker, JoinsOthersWithTheIdOfRankZero) {
  DeviceWorker first =
      worker(std::string(kReady) +
             "echo '{\"unique_id\":{\"id\":\"00ff10\"}}' >&3\n"
             "read request <&3\necho $request >" +
             (folder_ / "asked").string() + "\n" + joined() + "read request <&3\n");
  const std::vector<std::byte> id = first.unique_id();
  EXPECT_EQ(id, (std::vector{std::byte{0}, std::byte{0xff}, std::byte{0x10}}));
  first.join(id, 8, 3, 60);
  std::ifstream asked(folder_ / "asked");
  std::string line;
  std::getline(asked, line);
  EXPECT_THAT(line, HasSubstr(R"("id":"00ff10","ranks":8,"rank":3)"));
}

TEST_F(ScriptedWorker, ThatCannotJoinSaysWhy) {
  DeviceWorker alone =
      worker(std::string(kReady) +
             "echo '{\"failed\":{\"reason\":\"no such rank\",\"hint\":\"\","
             "\"device_lost\":false,\"status\":\"error\"}}' >&3\nread request <&3\n");
  try {
    alone.join({}, 2, 1, 60);
    FAIL() << "joined";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no such rank"));
  }
}

TEST_F(ScriptedWorker, ThatLeavesEndsByItself) {
  DeviceWorker leaving = worker(std::string(kReady) + joined() +
                                "read request <&3\n"
                                "echo '{\"left\":{}}' >&3\necho by itself >" +
                                (folder_ / "end").string() + "\n");
  leaving.join({}, 1, 0, 60);
  leaving.leave(60);
  EXPECT_TRUE(fs::exists(folder_ / "end"));
}

TEST_F(ScriptedWorker, SaysWhatItOffers) {
  DeviceWorker offering =
      worker(std::string(kReady) +
             "echo '{\"offers\":{\"offers\":[{\"name\":\"native/x\","
             "\"division\":\"native\",\"reason\":\"\"}]}}' >&3\nread more <&3\n");
  const auto offers = offering.implementations(asked().problem);
  ASSERT_EQ(offers.size(), 1u);
  EXPECT_EQ(offers[0].name, "native/x");
}

}  // namespace
}  // namespace assay::harness::worker
