// Uses the CPU module through its C table, like the harness and the conformance tests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "backends/loader.h"
#include "kernels/input.h"
#include "kernels/operation.h"

namespace assay::backends {
namespace {

using testing::HasSubstr;

const Module& module() {
  static const Module opened =
      Module::open(std::filesystem::path(ASSAY_BIN_DIR) / "assay_backend_cpu.so");
  return opened;
}

class CpuModule : public testing::Test {
 protected:
  void SetUp() override {
    assay_open_options options = {sizeof options, 1};
    ASSERT_EQ(table_.open(0, &options, &device_), ASSAY_OK) << table_.last_error();
  }
  void TearDown() override {
    for (assay_buffer* buffer : buffers_) table_.free(device_, buffer);
    table_.close(device_);
  }

  assay_buffer* buffer(std::uint64_t bytes) {
    assay_buffer* out = nullptr;
    EXPECT_EQ(table_.allocate(device_, bytes, &out), ASSAY_OK) << table_.last_error();
    buffers_.push_back(out);
    return out;
  }

  /// Buffers with a problem's operands: inputs filled, outputs poisoned.
  std::vector<assay_buffer*> operands_of(const kernels::Problem& problem) {
    std::vector<assay_buffer*> out;
    for (const kernels::Operand& operand : problem.operation().operands(problem)) {
      std::vector<std::byte> bytes(static_cast<std::size_t>(operand.bytes()));
      if (operand.role == kernels::Role::input) {
        kernels::generate(problem, static_cast<int>(out.size()), 0, bytes);
      } else {
        kernels::poison(operand.type, bytes);
      }
      out.push_back(buffer(bytes.size()));
      EXPECT_EQ(table_.upload(device_, out.back(), 0, bytes.data(), bytes.size()), ASSAY_OK);
    }
    return out;
  }

  kernels::Check check(const kernels::Problem& problem, const std::vector<assay_buffer*>& from) {
    std::vector<std::vector<std::byte>> arrays;
    for (const kernels::Operand& operand : problem.operation().operands(problem)) {
      arrays.emplace_back(static_cast<std::size_t>(operand.bytes()));
      EXPECT_EQ(table_.download(device_, from[arrays.size() - 1], 0, arrays.back().data(),
                                arrays.back().size()),
                ASSAY_OK);
    }
    const std::vector<kernels::ConstBytes> views(arrays.begin(), arrays.end());
    return problem.operation().check(problem, views, {});
  }

  assay_status prepare(const char* problem, const char* implementation,
                       const std::vector<assay_buffer*>& buffers) {
    assay_executable* executable = nullptr;
    const assay_status status = table_.prepare(device_, problem, implementation, buffers.data(),
                                               buffers.size(), &executable);
    EXPECT_EQ(executable != nullptr, status == ASSAY_OK);
    table_.release(executable);
    return status;
  }

  const assay_backend& table_ = *module();
  assay_device* device_ = nullptr;
  std::vector<assay_buffer*> buffers_;
};

constexpr const char* kSmall = "matmul m=8 n=16 k=24 a=f32";

TEST(CpuModuleTable, SaysWhatItIs) {
  EXPECT_STREQ(module()->name, "cpu");
  EXPECT_EQ(module()->abi, ASSAY_BACKEND_ABI);
  EXPECT_EQ(module()->struct_size, sizeof(assay_backend));
}

TEST(CpuModuleTable, DeclaresTheVariablesOfItsLibraries) {
  const auto names = module().environment_variables();
  EXPECT_THAT(names, testing::IsSupersetOf({"OMP_*", "OPENBLAS_*", "ONEDNN_*", "HWLOC_*"}));
  EXPECT_EQ(module().environment_variables(), names) << "the same when asked again";
}

TEST(CpuModuleTable, FindsOneDeviceAndDescribesIt) {
  assay_probe probe = {};
  probe.struct_size = sizeof probe;
  ASSERT_EQ(module()->probe(&probe), ASSAY_OK);
  EXPECT_EQ(probe.device_count, 1u);
  EXPECT_STRNE(probe.summary, "");
  EXPECT_STREQ(probe.hint, "");
  assay_device_info info = {};
  info.struct_size = sizeof info;
  ASSERT_EQ(module()->device_info(0, &info), ASSAY_OK);
  EXPECT_STRNE(info.name, "");
  EXPECT_STREQ(info.kind, "cpu");
  EXPECT_GE(info.compute_units, 1u);
  EXPECT_GT(info.memory_bytes, 64u << 20);
  EXPECT_GT(info.cache_bytes, 0u);
  EXPECT_THAT(info.types, HasSubstr("f64 f32"));
  for (std::size_t i = 0; i < info.property_count; ++i) {
    EXPECT_STRNE(info.properties[i].value, "") << info.properties[i].key;
  }
}

TEST(CpuModuleTable, HasNoSecondDevice) {
  assay_device_info info = {};
  info.struct_size = sizeof info;
  EXPECT_EQ(module()->device_info(1, &info), ASSAY_NO_DEVICE);
  assay_device* device = nullptr;
  EXPECT_EQ(module()->open(7, nullptr, &device), ASSAY_NO_DEVICE);
  EXPECT_EQ(device, nullptr);
  EXPECT_STRNE(module()->last_error(), "");
}

TEST(CpuModuleTable, WritesNoFurtherThanTheCallersStructs) {
  assay_device_info info;
  std::memset(&info, 0x55, sizeof info);
  info.struct_size = offsetof(assay_device_info, kind);
  ASSERT_EQ(module()->device_info(0, &info), ASSAY_OK);
  EXPECT_EQ(info.struct_size, offsetof(assay_device_info, kind));
  EXPECT_STRNE(info.vendor, nullptr);
  const auto* bytes = reinterpret_cast<const unsigned char*>(&info);
  EXPECT_TRUE(std::all_of(bytes + info.struct_size, bytes + sizeof info,
                          [](unsigned char byte) { return byte == 0x55; }));
}

TEST(CpuModuleTable, LeavesWhatALaterVersionAddedAsItWas) {
  struct {
    assay_probe probe;
    std::uint64_t later;
  } grown = {{sizeof grown}, 77};
  ASSERT_EQ(module()->probe(&grown.probe), ASSAY_OK);
  EXPECT_EQ(grown.probe.struct_size, sizeof grown);
  EXPECT_EQ(grown.later, 77u);
}

TEST(CpuModuleTable, RefusesAStructWithoutItsSize) {
  assay_probe probe = {};
  EXPECT_EQ(module()->probe(&probe), ASSAY_INVALID);
  EXPECT_THAT(module()->last_error(), HasSubstr("struct_size"));
  EXPECT_EQ(module()->probe(nullptr), ASSAY_INVALID);
}

TEST(CpuModuleTable, RefusesMoreThreadsThanThereAreProcessors) {
  assay_open_options options = {sizeof options, 1000000};
  assay_device* device = nullptr;
  EXPECT_EQ(module()->open(0, &options, &device), ASSAY_INVALID);
  EXPECT_THAT(module()->last_error(), HasSubstr("1000000 threads"));
}

TEST(CpuModuleTable, OpensWithoutOptionsAndAgainWhenClosed) {
  for (int round = 0; round < 3; ++round) {
    assay_device* device = nullptr;
    ASSERT_EQ(module()->open(0, nullptr, &device), ASSAY_OK);
    module()->close(device);
  }
}

TEST(CpuModuleTable, KeepsTheLastErrorOfEachThread) {
  EXPECT_EQ(module()->probe(nullptr), ASSAY_INVALID);
  std::thread([] { EXPECT_STREQ(module()->last_error(), ""); }).join();
  EXPECT_STRNE(module()->last_error(), "");
}

TEST_F(CpuModule, GivesBackTheBytesThatItTook) {
  // Of one piece and of several, the last of them not whole.
  for (const std::size_t bytes : {5000u, 4u << 20, (5u << 20) + 3}) {
    std::vector<char> in(bytes), out(bytes);
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<char>(i % 127);
    assay_buffer* const to = buffer(bytes + 1001);
    const char around[2] = {-1, -2};
    ASSERT_EQ(table_.upload(device_, to, 999, around, 1), ASSAY_OK);
    ASSERT_EQ(table_.upload(device_, to, 1000 + bytes, around + 1, 1), ASSAY_OK);
    ASSERT_EQ(table_.upload(device_, to, 1000, in.data(), bytes), ASSAY_OK);
    ASSERT_EQ(table_.download(device_, to, 1000, out.data(), bytes), ASSAY_OK);
    EXPECT_TRUE(in == out) << bytes;
    char before = 0, after = 0;
    ASSERT_EQ(table_.download(device_, to, 999, &before, 1), ASSAY_OK);
    ASSERT_EQ(table_.download(device_, to, 1000 + bytes, &after, 1), ASSAY_OK);
    EXPECT_EQ(before, -1);
    EXPECT_EQ(after, -2);
  }
}

TEST_F(CpuModule, RefusesBytesOutsideABuffer) {
  assay_buffer* const to = buffer(100);
  char bytes[200] = {};
  EXPECT_EQ(table_.upload(device_, to, 0, bytes, 101), ASSAY_INVALID);
  EXPECT_EQ(table_.upload(device_, to, 50, bytes, 51), ASSAY_INVALID);
  EXPECT_EQ(table_.upload(device_, to, UINT64_MAX, bytes, 2), ASSAY_INVALID);
  EXPECT_EQ(table_.download(device_, to, 101, bytes, 0), ASSAY_INVALID);
  EXPECT_EQ(table_.download(device_, to, 1, bytes, UINT64_MAX), ASSAY_INVALID);
  EXPECT_EQ(table_.upload(device_, to, 0, nullptr, 1), ASSAY_INVALID);
  EXPECT_EQ(table_.upload(device_, to, 100, bytes, 0), ASSAY_OK);
}

TEST_F(CpuModule, ReportsThatMemoryRanOut) {
  assay_buffer* out = nullptr;
  for (const std::uint64_t bytes : {UINT64_MAX, std::uint64_t{1} << 50}) {
    EXPECT_EQ(table_.allocate(device_, bytes, &out), ASSAY_OUT_OF_MEMORY);
    EXPECT_EQ(out, nullptr);
  }
}

TEST_F(CpuModule, ListsImplementationsWithWhyTheyCannot) {
  std::size_t count = 0;
  ASSERT_EQ(table_.implementations(device_, "matmul m=8 n=8 k=8 a=f64", nullptr, 0, &count),
            ASSAY_OK);
  ASSERT_GE(count, 4u);
  std::vector<assay_implementation> list(count);
  for (auto& entry : list) entry.struct_size = sizeof entry;
  ASSERT_EQ(table_.implementations(device_, "matmul m=8 n=8 k=8 a=f64", list.data(), count, &count),
            ASSAY_OK);
  std::map<std::string, std::string> reasons;
  for (const auto& entry : list) {
    reasons[entry.name] = entry.reason;
    EXPECT_TRUE(std::string(entry.name).starts_with(std::string(entry.division) + "/"));
  }
  EXPECT_EQ(reasons.at("library/openblas"), "");
  EXPECT_EQ(reasons.at("reference/fp64"), "");
  EXPECT_NE(reasons.at("library/onednn"), "");
  EXPECT_FALSE(reasons.contains("native/flash"));
}

TEST_F(CpuModule, WritesAtMostAsManyImplementationsAsThereIsRoomFor) {
  assay_implementation list[2] = {{sizeof list[0], nullptr, nullptr, nullptr},
                                  {sizeof list[0], nullptr, nullptr, nullptr}};
  std::size_t count = 0;
  ASSERT_EQ(table_.implementations(device_, kSmall, list, 1, &count), ASSAY_OK);
  EXPECT_GE(count, 2u);
  EXPECT_NE(list[0].name, nullptr);
  EXPECT_EQ(list[1].name, nullptr);
}

TEST_F(CpuModule, FillsListsOfStructsThatHaveGrown) {
  struct Grown {
    assay_implementation entry;
    std::uint64_t later;
  };
  std::vector<Grown> list(16, Grown{{sizeof(Grown), nullptr, nullptr, nullptr}, 5});
  std::size_t count = 0;
  ASSERT_EQ(table_.implementations(device_, kSmall, &list[0].entry, list.size(), &count), ASSAY_OK);
  ASSERT_LT(count, list.size());
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_THAT(list[i].entry.name, HasSubstr("/"));
    EXPECT_EQ(list[i].later, 5u);
  }
  EXPECT_EQ(list[count].entry.name, nullptr);
}

TEST_F(CpuModule, RefusesTextThatIsNoProblem) {
  std::size_t count = 0;
  for (const char* text : {"", "no such operation", "matmul m=0 n=1 k=1", "matmul m=1 n=1"}) {
    EXPECT_EQ(table_.implementations(device_, text, nullptr, 0, &count), ASSAY_INVALID) << text;
    EXPECT_STRNE(table_.last_error(), "");
    EXPECT_EQ(prepare(text, "reference/fp64", {}), ASSAY_INVALID) << text;
  }
}

TEST_F(CpuModule, RefusesBuffersThatDoNotFitTheProblem) {
  auto buffers = operands_of(kernels::Problem::parse(kSmall));
  EXPECT_EQ(prepare(kSmall, "reference/fp64", {buffers[0], buffers[1]}), ASSAY_INVALID);
  EXPECT_THAT(table_.last_error(), HasSubstr("2 buffers for the 3 operands"));
  EXPECT_EQ(prepare(kSmall, "reference/fp64", {buffers[0], nullptr, buffers[2]}), ASSAY_INVALID);
  EXPECT_EQ(prepare(kSmall, "reference/fp64", {buffers[0], buffer(8), buffers[2]}), ASSAY_INVALID);
  EXPECT_THAT(table_.last_error(), HasSubstr("operand b needs"));
  EXPECT_EQ(prepare(kSmall, "reference/fp64", buffers), ASSAY_OK);
}

TEST_F(CpuModule, RefusesAnImplementationThatItDoesNotHave) {
  const auto buffers = operands_of(kernels::Problem::parse(kSmall));
  EXPECT_EQ(prepare(kSmall, "library/nothing", buffers), ASSAY_INVALID);
  EXPECT_EQ(prepare(kSmall, "native/flash", buffers), ASSAY_INVALID);
  EXPECT_THAT(table_.last_error(), HasSubstr("native/flash"));
}

TEST_F(CpuModule, SaysWhyAnImplementationCannot) {
  const char* problem = "matmul m=8 n=8 k=8 a=f8e4m3";
  const auto buffers = operands_of(kernels::Problem::parse(problem));
  EXPECT_EQ(prepare(problem, "library/openblas", buffers), ASSAY_UNSUPPORTED);
  EXPECT_THAT(table_.last_error(), HasSubstr("f8e4m3"));
}

TEST_F(CpuModule, RefusesNullArguments) {
  assay_executable* executable = nullptr;
  std::size_t count = 0;
  EXPECT_EQ(table_.open(0, nullptr, nullptr), ASSAY_INVALID);
  EXPECT_EQ(table_.allocate(device_, 8, nullptr), ASSAY_INVALID);
  EXPECT_EQ(table_.allocate(nullptr, 8, nullptr), ASSAY_INVALID);
  EXPECT_EQ(table_.implementations(device_, nullptr, nullptr, 0, &count), ASSAY_INVALID);
  EXPECT_EQ(table_.implementations(device_, kSmall, nullptr, 4, &count), ASSAY_INVALID);
  EXPECT_EQ(table_.prepare(device_, kSmall, nullptr, nullptr, 0, &executable), ASSAY_INVALID);
  EXPECT_EQ(table_.describe(nullptr, nullptr, &count), ASSAY_INVALID);
  EXPECT_EQ(table_.run(nullptr, 1, ASSAY_HOT, nullptr), ASSAY_INVALID);
  table_.release(nullptr);
  table_.free(device_, nullptr);
}

TEST_F(CpuModule, ComputesWithEveryImplementationThatOffersTo) {
  const auto problem = kernels::Problem::parse("matmul m=12 n=40 k=56 a=f32 batch=2");
  std::vector<assay_implementation> list(16);
  for (auto& entry : list) entry.struct_size = sizeof entry;
  std::size_t count = 0;
  ASSERT_EQ(
      table_.implementations(device_, problem.text().c_str(), list.data(), list.size(), &count),
      ASSAY_OK);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    if (*list[i].reason == '\0') names.emplace_back(list[i].name);
  }
  EXPECT_GE(names.size(), 3u);
  for (const std::string& name : names) {
    const auto buffers = operands_of(problem);
    assay_executable* executable = nullptr;
    ASSERT_EQ(table_.prepare(device_, problem.text().c_str(), name.c_str(), buffers.data(),
                             buffers.size(), &executable),
              ASSAY_OK)
        << table_.last_error();
    assay_launch launches[3] = {};
    EXPECT_EQ(table_.run(executable, 2, ASSAY_HOT, launches), ASSAY_OK);
    EXPECT_EQ(table_.run(executable, 1, ASSAY_COLD, launches + 2), ASSAY_OK);
    for (const assay_launch& launch : launches) {
      EXPECT_GT(launch.host_seconds, 0);
      EXPECT_EQ(launch.device_seconds, launch.host_seconds);
    }
    const assay_property* details = nullptr;
    EXPECT_EQ(table_.describe(executable, &details, &count), ASSAY_OK);
    EXPECT_GE(count, 2u);
    const kernels::Check judged = check(problem, buffers);
    EXPECT_EQ(judged.outcome, kernels::Outcome::right) << name << ": " << judged.where;
    table_.release(executable);
  }
}

TEST_F(CpuModule, RunsNothingWhenAskedForNoLaunchAndRefusesAnUnknownMode) {
  const auto problem = kernels::Problem::parse(kSmall);
  const auto buffers = operands_of(problem);
  assay_executable* executable = nullptr;
  ASSERT_EQ(table_.prepare(device_, kSmall, "reference/fp64", buffers.data(), buffers.size(),
                           &executable),
            ASSAY_OK);
  assay_launch launch = {};
  EXPECT_EQ(table_.run(executable, 0, ASSAY_HOT, nullptr), ASSAY_OK);
  // A caller in C can pass any number.
  EXPECT_EQ(table_.run(executable, 1, std::bit_cast<assay_mode>(2), &launch), ASSAY_INVALID);
  EXPECT_EQ(check(problem, buffers).outcome, kernels::Outcome::wrong);
  EXPECT_EQ(table_.run(executable, 1, ASSAY_HOT, &launch), ASSAY_OK);
  EXPECT_EQ(check(problem, buffers).outcome, kernels::Outcome::right);
  table_.release(executable);
}

TEST_F(CpuModule, ReadsSensorsOrSaysThatTheyAreAbsent) {
  assay_sensors readings = {};
  readings.struct_size = sizeof readings;
  ASSERT_EQ(table_.sensors(device_, &readings), ASSAY_OK);
  EXPECT_TRUE(std::isnan(readings.memory_clock_hz));
  for (const double figure : {readings.clock_hz, readings.energy_joules}) {
    EXPECT_TRUE(std::isnan(figure) || figure >= 0);
  }
}

}  // namespace
}  // namespace assay::backends
