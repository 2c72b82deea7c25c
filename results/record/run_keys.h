// The keys of a run's JSON form, like keys.h for records.
#pragma once

#include <concepts>
#include <type_traits>

#include "results/record/record.h"

namespace assay::results::record {

/// All keys but the plan, which a bundle stores as a part of its own.
template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Run>
void keys_without_plan(Archive& archive, T& run) {
  archive("id", run.id);
  archive("started", run.started);
  archive("ended", run.ended);
  archive("suite", run.suite);
  archive("command", run.command);
  archive("host", run.host);
  archive("assay_version", run.assay_version);
  archive("environment", run.environment);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Run>
void keys(Archive& archive, T& run) {
  keys_without_plan(archive, run);
  archive("plan", run.plan);
}

}  // namespace assay::results::record
