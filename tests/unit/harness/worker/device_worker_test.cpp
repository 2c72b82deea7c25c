#include "harness/worker/device_worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "kernels/error.h"
#include "kernels/operation.h"
#include "kernels/problem.h"
#include "results/store/store.h"

namespace assay::harness::worker {
namespace {

namespace fs = std::filesystem;
using results::record::Record;
using results::record::Status;
using testing::Contains;
using testing::HasSubstr;

/// A worker that a shell script plays, so that it can die and hang as told.
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

  results::record::Record asked() const {
    const auto problem = kernels::Problem::parse("copy n=64 type=f32");
    results::record::Record record;
    record.id = results::store::new_id();
    record.run = results::store::new_id();
    record.started = results::store::now_utc();
    record.problem = problem.text();
    record.operation = "copy";
    record.device.backend = "fake";
    record.implementation = {"native/x", results::record::Division::native, {}};
    record.work = problem.operation().work(problem);
    return record;
  }

  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "assay-worker-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
  const std::function<void(const std::string&)> silent_ = [](const std::string&) {};
};

constexpr const char* kReady = "echo '{\"kind\":\"ready\"}' >&3\nread request <&3\n";

TEST_F(ScriptedWorker, ThatCrashesGivesARecordWithTheSignalAndThePhase) {
  DeviceWorker crashing = worker(std::string(kReady) +
                                 "echo '{\"kind\":\"phase\",\"phase\":\"prepare\"}' >&3\n"
                                 "echo 'free(): invalid pointer' >&2\nkill -SEGV $$\n");
  std::vector<std::string> phases;
  const results::record::Record record =
      crashing.measure(asked(), 60, [&](const std::string& phase) { phases.push_back(phase); });
  EXPECT_EQ(record.status, Status::crashed);
  EXPECT_THAT(record.reason, HasSubstr("SIGSEGV"));
  EXPECT_THAT(record.reason, HasSubstr("phase: prepare"));
  EXPECT_THAT(record.reason, HasSubstr("free(): invalid pointer"));
  EXPECT_THAT(phases, Contains("prepare"));
}

TEST_F(ScriptedWorker, ThatHangsIsKilledAndGivesARecord) {
  DeviceWorker hanging = worker(std::string(kReady) + "read more <&3\n");
  const results::record::Record record = hanging.measure(asked(), 0.05, silent_);
  EXPECT_EQ(record.status, Status::timeout);
  EXPECT_THAT(record.reason, HasSubstr("50.0 ms"));
}

TEST_F(ScriptedWorker, ThatDiedIsStartedAgainForTheNextMeasurement) {
  DeviceWorker twice =
      worker("echo start >>" + (folder_ / "starts").string() + "\n" + kReady + "exit 3\n");
  twice.measure(asked(), 60, silent_);
  const results::record::Record second = twice.measure(asked(), 60, silent_);
  EXPECT_THAT(second.reason, HasSubstr("exit code 3"));
  std::ifstream starts(folder_ / "starts");
  std::string line;
  int count = 0;
  while (std::getline(starts, line)) ++count;
  EXPECT_EQ(count, 2);
}

TEST_F(ScriptedWorker, ThatCannotOpenItsDeviceGivesItsReason) {
  DeviceWorker closed =
      worker("echo '{\"kind\":\"failed\",\"reason\":\"driver too old\",\"mend\":\"\"}' >&3\n");
  const results::record::Record record = closed.measure(asked(), 60, silent_);
  EXPECT_EQ(record.status, Status::error);
  EXPECT_THAT(record.reason, HasSubstr("driver too old"));
  EXPECT_THROW(closed.implementations("copy n=64 type=f32"), Error);
}

TEST_F(ScriptedWorker, JoinsOthersByWhatRankZeroGives) {
  DeviceWorker first = worker(std::string(kReady) +
                              "echo '{\"kind\":\"unique_id\",\"id\":\"00ff10\"}' >&3\n"
                              "read request <&3\necho $request >" +
                              (folder_ / "asked").string() +
                              "\necho '{\"kind\":\"joined\"}' >&3\nread request <&3\n");
  const std::vector<std::byte> id = first.unique_id();
  EXPECT_EQ(id, (std::vector{std::byte{0}, std::byte{0xff}, std::byte{0x10}}));
  first.join(id, 8, 3, 60);
  std::ifstream asked(folder_ / "asked");
  std::string line;
  std::getline(asked, line);
  EXPECT_THAT(line, HasSubstr(R"("id":"00ff10","ranks":8,"rank":3)"));
}

TEST_F(ScriptedWorker, ThatCannotJoinSaysWhy) {
  DeviceWorker alone = worker(std::string(kReady) +
                              "echo '{\"kind\":\"failed\",\"reason\":\"no such "
                              "rank\",\"mend\":\"\"}' >&3\nread request <&3\n");
  try {
    alone.join({}, 2, 1, 60);
    FAIL() << "joined";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no such rank"));
  }
}

TEST_F(ScriptedWorker, ThatLeavesEndsByItself) {
  DeviceWorker leaving = worker(std::string(kReady) +
                                "echo '{\"kind\":\"joined\"}' >&3\nread request <&3\n"
                                "echo '{\"kind\":\"left\"}' >&3\necho by itself >" +
                                (folder_ / "end").string() + "\n");
  leaving.join({}, 1, 0, 60);
  leaving.leave(60);
  EXPECT_TRUE(fs::exists(folder_ / "end"));
}

TEST_F(ScriptedWorker, SaysWhatItOffers) {
  DeviceWorker offering =
      worker(std::string(kReady) +
             "echo '{\"kind\":\"implementations\",\"offers\":[{\"name\":\"native/x\","
             "\"division\":\"native\",\"reason\":\"\"}]}' >&3\nread more <&3\n");
  const auto offers = offering.implementations("copy n=64 type=f32");
  ASSERT_EQ(offers.size(), 1u);
  EXPECT_EQ(offers[0].name, "native/x");
}

}  // namespace
}  // namespace assay::harness::worker
