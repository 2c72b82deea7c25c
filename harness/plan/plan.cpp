#include "harness/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "harness/terminal/quantities.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "kernels/operation.h"
#include "results/page/text.h"
#include "results/record/codec.h"
#include "results/record/device.h"
#include "results/record/keys.h"
#include "results/record/listing.h"

namespace assay::harness::plan {
namespace {

using kernels::Problem;
using results::record::DeviceIdentity;
using results::record::Division;

/// Fisher–Yates shuffle with a generator whose sequence the C++ standard defines, so that a seed
/// gives the same order everywhere.
template <class T>
void shuffle(std::vector<T>& items, std::mt19937_64& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random() % i]);
}

/// Options of the command line (`above`) override those of the suite (`below`).
MeasurementOptions combine(const MeasurementOptions& above, const MeasurementOptions& below) {
  MeasurementOptions out = below;
  if (above.mode) out.mode = above.mode;
  if (above.target) out.target = above.target;
  if (above.budget_seconds) out.budget_seconds = above.budget_seconds;
  if (above.burn_seconds) out.burn_seconds = above.burn_seconds;
  if (!above.implementations.empty() || !above.divisions.empty()) {
    out.implementations = above.implementations;
    out.divisions = above.divisions;
  }
  return out;
}

results::record::Settings settings_of(const MeasurementOptions& asked, std::uint64_t order_seed) {
  results::record::Settings settings;
  settings.mode = asked.mode.value_or(settings.mode);
  settings.target = asked.target.value_or(settings.target);
  settings.budget_seconds = asked.budget_seconds.value_or(settings.budget_seconds);
  settings.burn_seconds = asked.burn_seconds.value_or(settings.burn_seconds);
  settings.order_seed = order_seed;
  return settings;
}

/// Whether the requested name means this implementation: "library/onednn" matches itself and
/// "onednn".
bool names(const std::string& asked, const std::string& implementation) {
  return asked == implementation || implementation.ends_with("/" + asked);
}

bool wanted(const MeasurementOptions& asked, const measure::Offer& offer) {
  const auto& by_name = asked.implementations;
  const auto& by_division = asked.divisions;
  if (by_name.empty() && by_division.empty()) return facts(offer.division).ranks_by_default;
  const bool name_fits =
      by_name.empty() || std::any_of(by_name.begin(), by_name.end(), [&](const std::string& name) {
        return names(name, offer.name);
      });
  const bool division_fits =
      by_division.empty() ||
      std::find(by_division.begin(), by_division.end(), offer.division) != by_division.end();
  return name_fits && division_fits;
}

/// Why the problem does not fit into memory, with the sizes; empty if it fits.
std::string memory_reason(const Estimate& need, const DeviceIdentity& device, double host_free) {
  const bool shared = results::record::shares_host_memory(device);
  const double on_host = need.host_bytes + (shared ? need.device_bytes : 0);
  if (on_host > host_free) {
    return fmt::format("needs {} of host memory{}, but only {} are free",
                       results::page::bytes_text(on_host),
                       shared ? " (operands for the kernel, and a copy for the check)" : "",
                       results::page::bytes_text(host_free));
  }
  const auto memory = static_cast<double>(device.memory_bytes);
  if (memory > 0 && need.device_bytes > memory) {
    return fmt::format("needs {} of device memory, but the device has only {}",
                       results::page::bytes_text(need.device_bytes),
                       results::page::bytes_text(memory));
  }
  return {};
}

class Planner {
 public:
  Planner(const std::vector<DeviceIdentity>& devices, const PlanOptions& options, const Asker& ask)
      : devices_(devices), options_(options), ask_(ask), random_(options.order_seed) {}

  Plan run(const std::vector<SuiteProblem>& problems) {
    for (const SuiteProblem& problem : problems) {
      for (std::size_t device = 0; device < devices_.size(); ++device) add(problem, device);
    }
    require_known_implementations();
    plan_.threads = options_.threads;
    for (std::uint32_t repetition = 0; repetition < options_.repeats; ++repetition) {
      append_shuffled(repetition);
    }
    return std::move(plan_);
  }

 private:
  void append_shuffled(std::uint32_t repetition) {
    shuffle(groups_, random_);
    for (auto& group : groups_) {
      shuffle(group, random_);
      for (PlanEntry& entry : group) {
        entry.repetition = repetition;
        plan_.entries.push_back(entry);
      }
    }
  }

  void skip(const SuiteProblem& problem, std::size_t device, const std::string& implementation,
            const std::string& reason, bool for_memory = false) {
    plan_.skipped.push_back({problem.problem, problem.label,
                             results::record::device_key(devices_[device]), implementation, reason,
                             for_memory});
  }

  void add(const SuiteProblem& problem, std::size_t device) {
    const MeasurementOptions asked = combine(options_.measurement, problem.measurement);
    results::record::Settings settings = settings_of(asked, options_.order_seed);
    if (devices_[device].modelled) settings.burn_seconds = 0;
    const Estimate least = estimate(problem.problem, devices_[device], Division::unknown, settings);
    const std::string too_large =
        memory_reason(least, devices_[device], options_.host_memory_bytes);
    if (!too_large.empty()) return skip(problem, device, "", too_large, true);
    std::vector<measure::Offer> offers;
    try {
      offers = ask_(device, problem.problem);
    } catch (const Error& error) {
      return skip(problem, device, "", error.what());
    }
    std::vector<PlanEntry> group;
    bool any_wanted = false;
    for (const measure::Offer& offer : offers) {
      seen_.insert(offer.name);
      if (!wanted(asked, offer)) continue;
      any_wanted = true;
      if (!offer.reason.empty()) {
        skip(problem, device, offer.name, offer.reason);
        continue;
      }
      group.push_back({problem.problem, problem.label, device, offer.name, offer.division, settings,
                       estimate(problem.problem, devices_[device], offer.division, settings)});
    }
    if (!any_wanted) skip(problem, device, "", none_wanted(offers));
    if (!group.empty()) groups_.push_back(std::move(group));
  }

  static std::string none_wanted(const std::vector<measure::Offer>& offers) {
    std::vector<std::string> able;
    for (const measure::Offer& offer : offers) {
      if (offer.reason.empty()) able.push_back(offer.name);
    }
    if (able.empty()) return "no implementation on this machine can solve it";
    return fmt::format("none of the requested implementations can solve it; available: {}",
                       fmt::join(able, ", "));
  }

  void require_known_implementations() const {
    for (const std::string& asked : options_.measurement.implementations) {
      const bool known = std::any_of(seen_.begin(), seen_.end(),
                                     [&](const std::string& name) { return names(asked, name); });
      // If no device answered, it is unknown whether the name is right.
      if (known || seen_.empty()) continue;
      const std::vector<std::string> candidates(seen_.begin(), seen_.end());
      throw InputError(
          fmt::format("--implementation {}: no device here offers it for these problems", asked),
          did_you_mean(asked, candidates,
                       fmt::format("the implementations are {}", fmt::join(candidates, ", "))));
    }
  }

  const std::vector<DeviceIdentity>& devices_;
  const PlanOptions& options_;
  const Asker& ask_;
  std::mt19937_64 random_;
  std::vector<std::vector<PlanEntry>> groups_;
  std::set<std::string> seen_;
  Plan plan_;
};

/// Expected operations per second; used only for time estimates.
double expected_flop_rate(const DeviceIdentity& device, kernels::DataType type, Division division) {
  const results::record::ExpectedRates rates = results::record::expected_rates(device);
  if (division == Division::reference) return rates.reference_flop;
  return rates.flop * 32.0 / kernels::bits_of(type);
}

}  // namespace

double Plan::seconds() const {
  double sum = 0;
  for (const PlanEntry& entry : entries) sum += entry.estimate.seconds;
  return sum;
}

Plan make_plan(const std::vector<SuiteProblem>& problems,
               const std::vector<DeviceIdentity>& devices, const PlanOptions& options,
               const Asker& ask) {
  return Planner(devices, options, ask).run(problems);
}

Estimate estimate(const Problem& problem, const DeviceIdentity& device, Division division,
                  const results::record::Settings& settings) {
  Estimate out;
  for (const kernels::Operand& operand : problem.operation().operands(problem)) {
    const auto bytes = static_cast<double>(operand.bytes());
    if (device.modelled) {
      out.device_bytes += bytes;
      continue;
    }
    // Outputs are copied before they are judged, once more for changed inputs.
    out.host_bytes += bytes * (operand.role == kernels::Role::output ? 3 : 1);
    out.device_bytes += bytes * (operand.weights ? 2 : 1);
  }
  // A modelled device needs no operands, and nothing runs.
  if (device.modelled) {
    out.seconds = 0.01;
    return out;
  }
  const kernels::Work work = problem.operation().work(problem);
  const double launch = std::max(work.flop / expected_flop_rate(device, work.type, division),
                                 work.bytes / results::record::expected_rates(device).bytes);
  const double cores = results::record::host_cores(device);
  const double check = std::min(work.flop, kernels::CheckOptions().full_flop) / (1e9 * cores);
  const double prepare = out.host_bytes / (0.5e9 * cores);
  // At least five launches are made, unless they exceed three budgets.
  const double sampling = std::min(std::max(settings.budget_seconds * 0.7, 6 * launch),
                                   3 * settings.budget_seconds + 2 * launch);
  out.seconds = 0.05 + prepare + check + launch + sampling + settings.burn_seconds;
  return out;
}

double timeout_seconds(const Estimate& estimate) {
  return 60 + 20 * estimate.seconds;
}

std::vector<StoredEntry> stored_entries(const Plan& plan,
                                        const std::vector<DeviceIdentity>& devices) {
  std::vector<StoredEntry> out;
  for (const PlanEntry& entry : plan.entries) {
    out.push_back({.problem = entry.problem.text(),
                   .device = results::record::device_key(devices[entry.device]),
                   .implementation = entry.implementation,
                   .mode = entry.settings.mode,
                   .division = entry.division,
                   .label = entry.label,
                   .target = entry.settings.target,
                   .budget_seconds = entry.settings.budget_seconds,
                   .order_seed = entry.settings.order_seed,
                   .burn_seconds = entry.settings.burn_seconds,
                   .threads = plan.threads,
                   .repetition = entry.repetition});
  }
  return out;
}

Plan plan_of(const std::vector<StoredEntry>& entries, const std::vector<DeviceIdentity>& devices) {
  Plan plan;
  for (const StoredEntry& stored : entries) {
    PlanEntry entry{Problem::parse(stored.problem),
                    stored.label,
                    0,
                    stored.implementation,
                    stored.division,
                    {},
                    {}};
    entry.settings.mode = stored.mode;
    entry.settings.target = stored.target;
    entry.settings.budget_seconds = stored.budget_seconds;
    entry.settings.order_seed = stored.order_seed;
    entry.settings.burn_seconds = stored.burn_seconds;
    entry.repetition = stored.repetition;
    plan.threads = stored.threads;
    while (entry.device < devices.size() &&
           results::record::device_key(devices[entry.device]) != stored.device) {
      ++entry.device;
    }
    if (entry.device == devices.size()) {
      plan.skipped.push_back({entry.problem, entry.label, stored.device, entry.implementation,
                              "the device is no longer present"});
      continue;
    }
    entry.estimate = estimate(entry.problem, devices[entry.device], entry.division, entry.settings);
    plan.entries.push_back(std::move(entry));
  }
  return plan;
}

namespace {

struct StoredPlan {
  std::vector<StoredEntry> entries;
};
template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, StoredPlan>
void keys(Archive& archive, T& plan) {
  archive("entries", plan.entries);
}

std::vector<StoredEntry> entries_in(const std::string& text) {
  return results::record::decode<StoredPlan>("{\"entries\":" + text + "}", "plan").entries;
}

}  // namespace

std::string plan_to_json(const Plan& plan, const std::vector<DeviceIdentity>& devices) {
  std::string out = "[";
  for (const StoredEntry& entry : stored_entries(plan, devices)) {
    out += (out.size() > 1 ? "," : "") + results::record::encode(entry);
  }
  return out + "]";
}

std::vector<std::string> planned_devices(const std::string& text) {
  std::set<std::string> names;
  try {
    for (const StoredEntry& entry : entries_in(text)) names.insert(entry.device);
  } catch (const InputError&) {
    return {};
  }
  return {names.begin(), names.end()};
}

Plan plan_from_json(const std::string& text, const std::vector<DeviceIdentity>& devices) {
  try {
    return plan_of(entries_in(text), devices);
  } catch (const InputError& error) {
    throw InputError(fmt::format("the run's plan cannot be read: {}", error.what()),
                     "start a new run");
  }
}

}  // namespace assay::harness::plan
