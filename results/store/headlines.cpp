#include "results/store/headlines.h"

#include <utility>

namespace assay::results::store {

record::Record headline_of(record::Record&& record) {
  record::Record out;
  out.id = std::move(record.id);
  out.run = std::move(record.run);
  out.repetition = record.repetition;
  out.started = std::move(record.started);
  out.origin = record.origin;
  out.status = record.status;
  out.reason = std::move(record.reason);
  out.notes = std::move(record.notes);
  out.problem = std::move(record.problem);
  out.operation = std::move(record.operation);
  out.device = std::move(record.device);
  out.implementation.name = std::move(record.implementation.name);
  out.implementation.division = record.implementation.division;
  out.settings.mode = record.settings.mode;
  out.settings.target = record.settings.target;
  out.settings.minimum_samples = record.settings.minimum_samples;
  out.work = record.work;
  out.summary.count = record.summary.count;
  out.summary.median = record.summary.median;
  out.summary.interval = record.summary.interval;
  out.summary.confidence = record.summary.confidence;
  out.summary.effective_count = record.summary.effective_count;
  out.steady = record.steady;
  out.target_met = record.target_met;
  out.check.outcome = record.check.outcome;
  out.operands_hash = std::move(record.operands_hash);
  out.energy = std::move(record.energy);
  out.sensors.throttle = std::move(record.sensors.throttle);
  out.sensors.clock_hz_median = record.sensors.clock_hz_median;
  out.settings.confidence = record.settings.confidence;
  out.throttling.kept_launches = record.throttling.kept_launches;
  out.challenges = record.challenges;
  out.machine_load = record.machine_load;
  return out;
}

}  // namespace assay::results::store
