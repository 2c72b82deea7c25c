#include "harness/worker/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/worker/published.h"
#include "kernels/error.h"

namespace assay::harness::worker::messages_test {
namespace {

results::record::DeviceIdentity device() {
  results::record::DeviceIdentity out;
  out.backend = "cpu";
  out.index = 3;
  out.name = "AMD EPYC";
  out.vendor = "AMD";
  out.kind = "cpu";
  out.unique_id = "u";
  out.bus_id = "b";
  out.driver = "d";
  out.types = "f32 bf16";
  out.memory_bytes = (1ull << 40) + 1;
  out.cache_bytes = 32 << 20;
  out.compute_units = 2;
  out.clock_hz = 2.6e9;
  out.properties = {{"features", "avx2"}};
  out.modelled = true;
  return out;
}

/// Requires that a message of any kind is the same after writing and reading.
template <typename Kinds>
void expect_unchanged(const Kinds& message, Kinds (*read)(std::string_view)) {
  const std::string line = line_of(message);
  EXPECT_EQ(line.find('\n'), line.npos);
  const Kinds back = read(line);
  EXPECT_EQ(back.index(), message.index()) << line;
  EXPECT_EQ(line_of(back), line);
}

measure::Task task() {
  results::record::Settings settings;
  settings.mode = results::record::Mode::hot;
  settings.order_seed = ~std::uint64_t{0};
  return {kernels::Problem::parse("copy n=64 type=f32"), "native/\"x\"", settings};
}

measure::Measurement measurement() {
  measure::Measurement out;
  out.status = results::record::Status::wrong;
  out.reason = "line\nbreak";
  out.notes = {{results::record::NoteKind::throttled, "a", {{"pauses", 2}}},
               {results::record::NoteKind::bits_differ, "b", {}}};
  out.details = {{"threads", "2"}};
  out.device_seconds = {1.0 / 3, 2e-9};
  out.sensors.power_watts = 0.1;
  out.course.resize(2);
  return out;
}

TEST(Messages, CarryRequestsWithoutLoss) {
  const std::vector<Request> all = {Implementations{task().problem},
                                    Model{task()},
                                    Allocate{task().problem},
                                    UploadInputs{},
                                    Upload{{{2, 64, 1}, {0, 0, 8}}},
                                    Download{{{2, 0, 256}}},
                                    Prepare{task()},
                                    Describe{},
                                    Release{},
                                    Launch{5, results::record::Mode::hot},
                                    ReadSensors{},
                                    GetUniqueId{},
                                    Join{{std::byte{0}, std::byte{0xff}}, 8, 3},
                                    Leave{}};
  ASSERT_EQ(all.size(), std::variant_size_v<Request>);
  for (const Request& one : all) expect_unchanged(one, request_in);
  const Request back = request_in(line_of(Request(Model{task()})));
  EXPECT_EQ(std::get<Model>(back).task.problem, task().problem);
  EXPECT_EQ(std::get<Model>(back).task.settings.order_seed, ~std::uint64_t{0});
}

TEST(Messages, CarryAnswersWithoutLoss) {
  const std::vector<Answer> all = {
      Ready{device()},
      Done{},
      Uploaded{~std::uint64_t{0}},
      Details{{{"tile", "64"}}},
      Offers{{{"library/x", results::record::Division::library, ""},
              {"native/y", results::record::Division::native, "no"}}},
      Measured{measurement()},
      Launches{{1e-6}, {2e-6}},
      SensorReading{true, {0, 1e9, 2e9, std::nullopt, 5.5, 40, "power cap"}},
      UniqueId{{std::byte{1}}},
      Joined{device()},
      Left{},
      ModuleReport{"cpu",
                   "/m.so",
                   "1",
                   "d",
                   "s",
                   "m",
                   {{"k", "v"}},
                   {device()},
                   "f",
                   true,
                   {{"h800-sxm", "no memory.bandwidth"}},
                   {"OMP_*", "LD_PRELOAD"}},
      Failed{"why", "what to do", true, results::record::Status::timeout}};
  ASSERT_EQ(all.size(), std::variant_size_v<Answer>);
  for (const Answer& one : all) expect_unchanged(one, answer_in);
  const Answer back = answer_in(line_of(Answer(Measured{measurement()})));
  EXPECT_EQ(std::get<Measured>(back).measurement.device_seconds, measurement().device_seconds);
  EXPECT_EQ(std::get<Measured>(back).measurement.reason, "line\nbreak");
}

TEST(Messages, OfAnotherKindOrShapeAreRefusedByName) {
  const auto refusal = [](const char* line) -> std::string {
    try {
      request_in(line);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal(R"({"dance":{}})"), testing::HasSubstr("unknown kind of message: \"dance\""));
  EXPECT_THAT(refusal(R"({"ready":{}})"), testing::HasSubstr("unknown kind of message: \"ready\""));
  EXPECT_THAT(refusal("GET / HTTP/1.1"), testing::HasSubstr("not a message"));
  EXPECT_THAT(refusal(R"({"launch":{"count":-1,"mode":"hot"}})"),
              testing::HasSubstr("launch: count is not a whole number"));
  EXPECT_THAT(refusal(R"({"launch":{"count":1}})"), testing::HasSubstr("mode is missing"));
  EXPECT_THAT(refusal(R"({"launch":{"count":1,"mode":"hot")"), testing::HasSubstr("message"));
  EXPECT_THAT(refusal(R"({"implementations":{"problem":"copy n=x type=f32"}})"),
              testing::HasSubstr("n"));
  EXPECT_THAT(refusal(""), testing::HasSubstr("not a message"));
  EXPECT_THAT(refusal(R"({"describe":)"), testing::HasSubstr("message"));
}

TEST(WorkerOptions, AreCarriedWithoutLoss) {
  const WorkerOptions options = {.module = "/lib/assay_backend_\"x\".so",
                                 .probe = true,
                                 .device = 3,
                                 .threads = 5,
                                 .tune = true,
                                 .pretended = {{"h200-sxm",
                                                "H200 SXM",
                                                "NVIDIA",
                                                "chip",
                                                {{"memory.bandwidth", 4.8e12}, {"odd", 0.1}}}}};
  const WorkerOptions read = worker_options_in(json_of(options));
  EXPECT_EQ(read.module, options.module);
  EXPECT_TRUE(read.probe && read.tune);
  EXPECT_EQ(read.device, 3u);
  EXPECT_EQ(read.threads, 5u);
  ASSERT_EQ(read.pretended.size(), 1u);
  EXPECT_EQ(read.pretended.front().vendor, "NVIDIA");
  EXPECT_EQ(read.pretended.front().figures, options.pretended.front().figures);
}

TEST(WorkerOptions, AreRefusedWithTheKeyThatIsMissing) {
  try {
    worker_options_in(R"({"module":"x"})");
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("probe is missing"));
  }
}

TEST(Identity, KnowsNoModelledDeviceFromAnEarlierModule) {
  assay_backend module = {};
  assay_device_info info = {};
  info.name = "one";
  EXPECT_FALSE(measure::identity(module, 0, info).modelled);
  info.modelled = 1;
  EXPECT_TRUE(measure::identity(module, 0, info).modelled);
}

TEST(Identity, TakesMissingTextsAsEmptyButForTheName) {
  assay_backend module = {};
  assay_device_info info = {};
  info.name = "one";
  EXPECT_EQ(measure::identity(module, 0, info).vendor, "");
  info.name = nullptr;
  EXPECT_THROW(measure::identity(module, 0, info), Error);
}

TEST(Hex, CarriesAnyBytesThereAndBack) {
  std::vector<std::byte> all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
  EXPECT_EQ(hex(all).substr(0, 8), "00010203");
  EXPECT_EQ(from_hex(hex(all)), all);
  EXPECT_TRUE(from_hex("").empty());
  for (const char* bad : {"0", "xy", "0x", "00 1", "-1"}) {
    EXPECT_THROW(from_hex(bad), Error) << bad;
  }
}

}  // namespace
}  // namespace assay::harness::worker::messages_test
