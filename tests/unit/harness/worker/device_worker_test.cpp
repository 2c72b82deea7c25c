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
    return DeviceWorker(settings, device(), "module.so", nullptr);
  }

  static results::record::DeviceIdentity device() {
    results::record::DeviceIdentity out;
    out.backend = "fake";
    return out;
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

  /// Answers the request that was read last.
  static std::string answers(const std::string& line) {
    return "printf '%s %s\\n' \"$number\" '" + line + "' >&3\n";
  }
  static std::string joined() { return answers(line_of(Joined{device()})); }
  /// Reads its options, opens its device and reads the first request.
  static std::string ready() {
    return "read options <&3\necho '" + line_of(Ready{device()}) + "' >&3\n" + kRead;
  }
  static constexpr const char* kRead = "read number request <&3\n";

  /// Requires that the answer becomes a record with this reason, and that the device is then set
  /// aside: no other worker is started for it.
  void expect_set_aside(const std::string& answer, const std::string& reason) {
    const fs::path starts = folder_ / "starts";
    DeviceWorker odd =
        worker("echo start >>" + starts.string() + "\n" + ready() + answer + "read more <&3\n");
    const measure::Measurement record = odd.measure(asked(), 60, silent_);
    EXPECT_EQ(record.status, Status::error) << record.reason;
    EXPECT_THAT(record.reason, HasSubstr("wrong answer"));
    EXPECT_THAT(record.reason, HasSubstr(reason));
    EXPECT_THAT(odd.measure(asked(), 60, silent_).reason, HasSubstr("set aside"));
    EXPECT_THROW(odd.implementations(asked().problem), Error);
    EXPECT_EQ(fs::file_size(starts), 6u);
    fs::remove(starts);
  }

  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    return text.replace(at, from.size(), to);
  }

  fs::path folder_;
  const std::function<void(const std::string&)> silent_ = [](const std::string&) {};
};

TEST_F(ScriptedWorker, ThatCrashesGivesARecordWithTheSignalAndThePhase) {
  DeviceWorker crashing = worker(ready() + answers(R"({"done":{}})") + kRead +
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

TEST_F(ScriptedWorker, ThatGivesAMalformedAnswerIsSetAsideAndGivesARecord) {
  const std::string uploaded = line_of(Uploaded{17});
  const std::string second = answers(line_of(Answer(Done()))) + kRead;
  const std::string nested(50000, '[');
  expect_set_aside(answers(R"({"launches":{}})"), "device_seconds is missing");
  expect_set_aside(answers(R"({"uploaded":{"hash":17}})"), "wrong kind");
  expect_set_aside(second + answers(replaced(uploaded, "17", "null")), "hash");
  expect_set_aside(second + answers(replaced(uploaded, "17", "1e999")), "not JSON");
  expect_set_aside(second + answers(replaced(uploaded, "17", "[\"x\"]")), "hash");
  expect_set_aside(answers("{\"launches\":" + nested + "}"), "not JSON");
  expect_set_aside(answers(uploaded.substr(0, uploaded.size() / 2)), "not a message");
  expect_set_aside("head -c 300 /bin/sh | tr '\\n' x >&3; echo >&3\n", "last request");
  expect_set_aside("printf '9%s %s\\n' \"$number\" '{\"done\":{}}' >&3\n", "last request");
  expect_set_aside(answers(R"({"left":{}})"), "wrong kind");
  expect_set_aside("head -c 17000000 /dev/zero | tr '\\0' 1 >&3\n", "more than");
}

TEST_F(ScriptedWorker, ThatAnswersOneRequestTwiceIsSetAside) {
  const std::string answer = answers(R"({"done":{}})");
  expect_set_aside(answer + answer + kRead, "last request");
}

TEST_F(ScriptedWorker, ThatReadsOtherInputsBackThanWereSentGivesAnError) {
  DeviceWorker odd = worker(ready() + answers(R"({"done":{}})") + kRead +
                            answers(R"({"uploaded":{"hash":17}})") + kRead);
  const measure::Measurement record = odd.measure(asked(), 60, silent_);
  EXPECT_EQ(record.status, Status::error);
  EXPECT_THAT(record.reason, HasSubstr("different bits"));
}

TEST_F(ScriptedWorker, ThatOpensAnotherDeviceThanTheListedOneIsSetAside) {
  results::record::DeviceIdentity other = device();
  other.name = "NVIDIA H200";
  DeviceWorker changed = worker("echo '" + line_of(Answer(Ready{other})) + "' >&3\n" + kRead);
  EXPECT_THAT(changed.measure(asked(), 60, silent_).reason, HasSubstr("device.name"));
  EXPECT_THAT(changed.set_aside(), HasSubstr("NVIDIA H200"));
}

TEST_F(ScriptedWorker, GivesOtherLaunchesThanAskedAndIsSetAside) {
  const fs::path file = folder_ / "worker";
  worker(ready() + answers(R"({"done":{}})") + kRead +
         answers(line_of(Answer(Launches{{1e-6}, {1e-6}}))) + kRead);
  WorkerSettings settings;
  settings.executable = file;
  WorkerProcess process(settings, device(), "module.so", nullptr, {});
  WorkerAccess access(process);
  access.expect(60);
  measure::HostOperands operands;
  results::record::Phases phases;
  operands.make(asked().problem, {}, phases);
  access.allocate(operands);
  EXPECT_THROW(access.launch(2, ASSAY_HOT), measure::DeviceFailure);
  EXPECT_THAT(process.set_aside(), HasSubstr("asked were 2"));
  EXPECT_TRUE(access.lost());
}

TEST_F(ScriptedWorker, ThatHangsIsKilledAndGivesARecord) {
  DeviceWorker hanging = worker(ready() + "read more <&3\n");
  const measure::Measurement record = hanging.measure(asked(), 0.05, silent_);
  EXPECT_EQ(record.status, Status::timeout);
  EXPECT_THAT(record.reason, HasSubstr("50.0 ms"));
}

TEST_F(ScriptedWorker, ThatDiedIsStartedAgainForTheNextMeasurement) {
  DeviceWorker twice =
      worker("echo start >>" + (folder_ / "starts").string() + "\n" + ready() + "exit 3\n");
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
      worker(ready() + answers(R"({"unique_id":{"id":"00ff10"}})") + kRead + "echo $request >" +
             (folder_ / "asked").string() + "\n" + joined() + kRead);
  const std::vector<std::byte> id = first.unique_id();
  EXPECT_EQ(id, (std::vector{std::byte{0}, std::byte{0xff}, std::byte{0x10}}));
  first.join(id, 8, 3, 60);
  std::ifstream asked(folder_ / "asked");
  std::string line;
  std::getline(asked, line);
  EXPECT_THAT(line, HasSubstr(R"("id":"00ff10","ranks":8,"rank":3)"));
}

TEST_F(ScriptedWorker, ThatCannotJoinSaysWhy) {
  DeviceWorker alone = worker(
      ready() +
      answers(
          R"({"failed":{"reason":"no such rank","hint":"","device_lost":false,"status":"error"}})") +
      kRead);
  try {
    alone.join({}, 2, 1, 60);
    FAIL() << "joined";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no such rank"));
  }
}

TEST_F(ScriptedWorker, ThatLeavesEndsByItself) {
  DeviceWorker leaving = worker(ready() + joined() + kRead + answers(R"({"left":{}})") +
                                "echo by itself >" + (folder_ / "end").string() + "\n");
  leaving.join({}, 1, 0, 60);
  leaving.leave(60);
  EXPECT_TRUE(fs::exists(folder_ / "end"));
}

TEST_F(ScriptedWorker, SaysWhatItOffers) {
  DeviceWorker offering = worker(
      ready() +
      answers(R"({"offers":{"offers":[{"name":"native/x","division":"native","reason":""}]}})") +
      kRead);
  const auto offers = offering.implementations(asked().problem);
  ASSERT_EQ(offers.size(), 1u);
  EXPECT_EQ(offers[0].name, "native/x");
}

}  // namespace
}  // namespace assay::harness::worker
