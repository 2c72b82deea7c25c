#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "backends/datasheet/device.h"
#include "backends/sdk/failure.h"

namespace assay::backends::datasheet {
namespace {

using kernels::Problem;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;

/// 100 TFLOP/s in bf16, 10 in f32, 400 TOP/s in i8; 2 TB/s, 64 GB.
sdk::Published chip() {
  return {"chip-1",
          "Chip 1",
          "Maker",
          "chip",
          {{"peak.bf16", 100e12},
           {"peak.f32", 10e12},
           {"peak.i8", 400e12},
           {"memory.bandwidth", 2e12},
           {"memory.capacity", 64e9},
           {"power", 700}}};
}

sdk::Published with(const std::string& quantity, double value) {
  sdk::Published system = chip();
  system.figures[quantity] = value;
  return system;
}

sdk::Published without(const std::string& quantity) {
  sdk::Published system = chip();
  system.figures.erase(quantity);
  return system;
}

double seconds(const std::string& problem, const sdk::Published& system = chip()) {
  const Problem parsed = Problem::parse(problem);
  EXPECT_EQ(why_not(system, parsed), "") << problem;
  return model(system, parsed).seconds;
}

std::string reason(const std::string& problem, const sdk::Published& system = chip()) {
  return why_not(system, Problem::parse(problem));
}

TEST(DatasheetModel, TakesTheTimeOfArithmeticWhereThatIsLonger) {
  // 2 · 4096³ operations at 100 TFLOP/s; 3 · 4096² elements of memory take a twentieth of that.
  EXPECT_DOUBLE_EQ(seconds("matmul m=4096 n=4096 k=4096 a=bf16 b=bf16 c=bf16"),
                   137438953472.0 / 100e12);
  EXPECT_DOUBLE_EQ(seconds("matmul m=4096 n=4096 k=4096 a=f32"), 137438953472.0 / 10e12);
  EXPECT_DOUBLE_EQ(seconds("matmul m=4096 n=4096 k=4096 a=i8"), 137438953472.0 / 400e12);
}

TEST(DatasheetModel, TakesTheTimeOfMemoryWhereThatIsLonger) {
  // One row against 8192 × 8192 weights of two bytes: (8192 + 8192² + 8192) · 2 bytes at 2 TB/s.
  EXPECT_DOUBLE_EQ(seconds("matmul m=1 n=8192 k=8192 a=bf16 b=bf16 c=bf16"), 134250496.0 / 2e12);
  EXPECT_DOUBLE_EQ(seconds("copy n=1000000 type=f32"), 8e6 / 2e12);
  EXPECT_DOUBLE_EQ(seconds("triad n=1000000 type=f32"), 12e6 / 2e12);
}

TEST(DatasheetModel, AddsALaunchesLatencyWhereOneIsStated) {
  const sdk::Published system = with("latency.launch", 3e-6);
  EXPECT_DOUBLE_EQ(seconds("copy n=1000000 type=f32", system), 8e6 / 2e12 + 3e-6);
  EXPECT_DOUBLE_EQ(seconds("launch n=1", system), 8 / 2e12 + 3e-6);
  EXPECT_EQ(reason("launch n=1"), "chip-1 states no latency.launch");
}

TEST(DatasheetModel, GivesTransfersTheLinkThatTheyCross) {
  const std::string to_device = "transfer direction=h2d n=1000000 type=f32";
  EXPECT_DOUBLE_EQ(seconds(to_device, with("link.bandwidth.host", 50e9)), 4e6 / 50e9);
  // Each byte is read and written.
  EXPECT_DOUBLE_EQ(seconds("transfer direction=d2d n=1000000 type=f32"), 8e6 / 2e12);
  // A link between chips is none to the host.
  EXPECT_EQ(reason(to_device, with("link.bandwidth", 450e9)),
            "chip-1 states no link.bandwidth.host");
}

TEST(DatasheetModel, NeverLetsAnotherTypesPeakStandIn) {
  EXPECT_THAT(reason("matmul m=8 n=8 k=8 a=f16"), HasSubstr("states no peak.f16"));
  EXPECT_THAT(reason("matmul m=8 n=8 k=8 a=tf32"), HasSubstr("states no peak.tf32"));
  EXPECT_THAT(reason("triad n=64 type=f64"), HasSubstr("states no peak.f64"));
  EXPECT_EQ(reason("matmul m=8 n=8 k=8 a=f16", with("peak.f16", 1e12)), "");
  EXPECT_EQ(reason("matmul m=8 n=8 k=8 a=bf16", without("peak.f32")), "");
  // What only moves bytes needs no peak.
  EXPECT_EQ(reason("copy n=64 type=f64"), "");
}

TEST(DatasheetModel, RefusesWhatTheMemoryCannotHold) {
  EXPECT_EQ(reason("copy n=8000000000 type=f32"), "");
  EXPECT_THAT(reason("copy n=8000000001 type=f32"), HasSubstr("6.4e+10 B"));
}

TEST(DatasheetModel, SaysEachFigureThatASystemLacks) {
  EXPECT_EQ(lacking(chip()), "");
  EXPECT_EQ(lacking(without("memory.bandwidth")), "its description states no memory.bandwidth");
  EXPECT_EQ(lacking(with("memory.bandwidth", 0)), "its description states no memory.bandwidth");
  sdk::Published bare = chip();
  bare.figures = {{"power", 1}};
  EXPECT_EQ(lacking(bare),
            "its description states no peak of any type, no memory.bandwidth, no memory.capacity");
  sdk::Published many = chip();
  many.kind = "supernode";
  EXPECT_THAT(lacking(many), HasSubstr("supernode"));
}

TEST(DatasheetModel, TellsItsArithmeticWithTheRoofThatBounds) {
  const auto details = [](const std::string& problem) {
    const auto list = model(chip(), Problem::parse(problem)).details;
    return std::map<std::string, std::string>(list.begin(), list.end());
  };
  EXPECT_EQ(details("copy n=64 type=f32").at("modelled bound"), "memory.bandwidth");
  EXPECT_EQ(details("matmul m=4096 n=4096 k=4096 a=bf16").at("modelled bound"), "peak.bf16");
  EXPECT_THAT(details("copy n=64 type=f32"), testing::Not(Contains(Key("modelled computing"))));
  EXPECT_THAT(details("copy n=64 type=f32").at("model"), HasSubstr("nothing ran"));
}

TEST(DatasheetDevice, SaysThatItIsModelledAndFromWhat) {
  const sdk::DeviceDescription told = description(chip());
  EXPECT_TRUE(told.modelled);
  EXPECT_EQ(told.unique_id, "chip-1");
  EXPECT_EQ(told.types, "f32 bf16 i8");
  EXPECT_EQ(told.memory_bytes, 64'000'000'000u);
  EXPECT_THAT(told.properties, Contains(testing::Pair("published.peak.bf16", "1e+14")));
}

TEST(DatasheetDevice, OffersTheModelAndNothingElse) {
  Device device(chip());
  const auto offers = device.implementations("matmul m=8 n=8 k=8 a=bf16");
  ASSERT_THAT(offers, testing::SizeIs(1));
  EXPECT_EQ(offers[0].division, "modelled");
  EXPECT_EQ(offers[0].reason, "");
  EXPECT_THAT(device.implementations("matmul m=8 n=8 k=8 a=f64")[0].reason, Not(IsEmpty()));
}

TEST(DatasheetDevice, GivesEveryLaunchTheSameTimeWithoutOperands) {
  Device device(chip());
  const auto made = device.prepare("copy n=1000000 type=f32", "modelled/roofline", {});
  std::array<assay_launch, 3> launches{};
  made->run(launches, ASSAY_COLD);
  for (const assay_launch& launch : launches) EXPECT_DOUBLE_EQ(launch.device_seconds, 4e-6);
}

TEST(DatasheetDevice, HoldsNoMoreThanTheSystemHas) {
  Device device(chip());
  auto half = device.allocate(40'000'000'000u);
  EXPECT_THROW(device.allocate(30'000'000'000u), sdk::Failure);
  half.reset();
  EXPECT_NE(device.allocate(30'000'000'000u), nullptr);
}

}  // namespace
}  // namespace assay::backends::datasheet
