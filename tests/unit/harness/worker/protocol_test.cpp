#include "harness/worker/protocol.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/worker/published.h"
#include "kernels/error.h"

namespace assay::harness::worker {
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

TEST(Protocol, CarriesADeviceWithoutLoss) {
  const auto json = to_json(device());
  EXPECT_EQ(to_json(device_from_json(json)), json);
  EXPECT_EQ(device_from_json(json).memory_bytes, (1ull << 40) + 1);
  EXPECT_TRUE(device_from_json(json).modelled);
}

TEST(Protocol, CarriesAModuleReportWithoutLoss) {
  ModuleReport report{"cpu",
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
                      {"OMP_*", "LD_PRELOAD"}};
  EXPECT_EQ(to_json(report_from_json(to_json(report))), to_json(report));
  EXPECT_EQ(report_from_json(to_json(report)).environment_variables, report.environment_variables);
}

TEST(Protocol, CarriesOffersWithoutLoss) {
  const std::vector<measure::Offer> offers = {
      {"library/x", results::record::Division::library, ""},
      {"native/y", results::record::Division::native, "no"}};
  EXPECT_EQ(to_json(offers_from_json(to_json(offers))), to_json(offers));
}

TEST(Protocol, CarriesPublishedSystemsWithoutLoss) {
  const std::vector<Published> systems = {
      {"h200-sxm", "H200 SXM", "NVIDIA", "chip", {{"memory.bandwidth", 4.8e12}, {"odd", 0.1}}}};
  const auto json = to_json(systems);
  EXPECT_EQ(to_json(published_from_json(nlohmann::ordered_json::parse(json.dump()))), json);
  EXPECT_EQ(published_from_json(json).front().figures, systems.front().figures);
}

TEST(Identity, KnowsNoModelledDeviceFromAnEarlierModule) {
  assay_backend module = {};
  assay_device_info info = {};
  EXPECT_FALSE(measure::identity(module, 0, info).modelled);
  info.modelled = 1;
  EXPECT_TRUE(measure::identity(module, 0, info).modelled);
}

TEST(Identity, TakesMissingTextsAsEmpty) {
  assay_backend module = {};
  assay_device_info info = {};
  EXPECT_EQ(measure::identity(module, 0, info).name, "");
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
}  // namespace assay::harness::worker
