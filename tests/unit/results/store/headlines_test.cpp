#include "tests/unit/results/store/store_case.h"

namespace assay::results::store {
namespace {

/// The record after reading it as a headline.
record::Record headline_of(const record::Record& full) {
  record::Record out;
  out.id = full.id;
  out.run = full.run;
  out.started = full.started;
  out.origin = full.origin;
  out.status = full.status;
  out.reason = full.reason;
  out.notes = full.notes;
  out.problem = full.problem;
  out.operation = full.operation;
  out.device = full.device;
  out.implementation = {full.implementation.name, full.implementation.division, {}};
  out.settings.mode = full.settings.mode;
  out.settings.target = full.settings.target;
  out.settings.confidence = full.settings.confidence;
  out.settings.minimum_samples = full.settings.minimum_samples;
  out.work = full.work;
  out.summary.count = full.summary.count;
  out.summary.median = full.summary.median;
  out.summary.interval = full.summary.interval;
  out.summary.confidence = full.summary.confidence;
  out.summary.effective_count = full.summary.effective_count;
  out.steady = full.steady;
  out.target_met = full.target_met;
  out.check.outcome = full.check.outcome;
  out.operands_hash = full.operands_hash;
  out.energy = full.energy;
  out.sensors.throttle = full.sensors.throttle;
  out.sensors.clock_hz_median = full.sensors.clock_hz_median;
  out.throttling.kept_launches = full.throttling.kept_launches;
  out.challenges = full.challenges;
  out.machine_load = full.machine_load;
  return out;
}

using Headlines = StoreTest;
ASSAY_FOR_EACH_PLACE(Headlines);

TEST_P(Headlines, AreTheRecordsWithoutWhatTheyLeaveOut) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store);
  for (int i = 0; i < 300; ++i) {
    record::Record record = random_.next();
    record.run = run.id;
    store.put(record);
  }
  const auto full = store.records({}), headlines = store.headlines({});
  ASSERT_EQ(headlines.size(), 300u);
  for (std::size_t i = 0; i < full.size(); ++i) {
    EXPECT_EQ(to_json(headlines[i]), to_json(headline_of(full[i])));
  }
  EXPECT_EQ(store.headlines({.run = run.id, .status = record::Status::crashed}).size(),
            store.records({.run = run.id, .status = record::Status::crashed}).size());
}

}  // namespace
}  // namespace assay::results::store
