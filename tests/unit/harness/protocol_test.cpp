#include "harness/protocol.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace assay::harness {
namespace {

results::DeviceIdentity device() {
  results::DeviceIdentity out;
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
  return out;
}

TEST(Protocol, CarriesADeviceWithoutLoss) {
  const auto json = to_json(device());
  EXPECT_EQ(to_json(device_from_json(json)), json);
  EXPECT_EQ(device_from_json(json).memory_bytes, (1ull << 40) + 1);
}

TEST(Protocol, CarriesAModuleReportWithoutLoss) {
  ModuleReport report{"cpu", "/m.so", "1", "d", "s", "m", {{"k", "v"}}, {device()}, "f"};
  EXPECT_EQ(to_json(report_from_json(to_json(report))), to_json(report));
}

TEST(Protocol, CarriesOffersWithoutLoss) {
  const std::vector<Offer> offers = {{"library/x", "library", ""}, {"native/y", "native", "no"}};
  EXPECT_EQ(to_json(offers_from_json(to_json(offers))), to_json(offers));
}

TEST(Identity, TakesMissingTextsAsEmpty) {
  assay_backend module = {};
  assay_device_info info = {};
  EXPECT_EQ(identity(module, 0, info).name, "");
}

}  // namespace
}  // namespace assay::harness
