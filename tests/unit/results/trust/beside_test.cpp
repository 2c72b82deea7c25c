#include "results/trust/beside.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vector>

namespace assay::results::trust {
namespace {

record::Record fma_of(const std::string& id, const record::DeviceIdentity& device, double seconds) {
  record::Record record;
  record.id = id;
  record.run = "run";
  record.problem = "fma n=64 steps=1 type=f32 acc=f32 dist=integer seed=1";
  record.operation = "fma";
  record.device = device;
  record.work = {1e9, 1, kernels::DataType::f32};
  record.device_seconds = std::vector<double>(40, seconds);
  record.summary = statistics::summarize(record.device_seconds);
  record.steady = record.target_met = true;
  record.check.outcome = kernels::Outcome::right;
  return record;
}

TEST(Beside, HoldsEachDeviceAgainstItsOwnCeilings) {
  // Each differs from the first in one thing that makes it another device.
  std::vector<record::DeviceIdentity> devices(5, {.backend = "gpu", .name = "One"});
  devices[1].name = "Two";
  devices[2].unique_id = "GPU-2";
  devices[3].index = 3;
  devices[4].backend = "npu";
  std::vector<record::Record> records;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    records.push_back(fma_of(fmt::format("{}", i), devices[i], 1e-3 * static_cast<double>(1 + i)));
  }
  records.push_back(records.front());
  records.back().id = "imported";
  records.back().origin = record::Origin::imported;
  records.back().summary.median = 1e-5;
  Beside beside(records);
  for (const record::Record& record : records) {
    const record::Ceilings found = beside.ceilings(record), all = ceilings_of(records, record);
    ASSERT_EQ(found.arithmetic.size(), 1U) << record.id;
    EXPECT_EQ(found.arithmetic.begin()->second.record, record.id);
    EXPECT_EQ(found.arithmetic.begin()->second.rate, all.arithmetic.begin()->second.rate);
    for (const record::Record& other : records) {
      EXPECT_EQ(device_text(record) == device_text(other), same_device(record, other))
          << record.id << " " << other.id;
    }
  }
}

}  // namespace
}  // namespace assay::results::trust
