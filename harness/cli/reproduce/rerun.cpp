#include "harness/cli/reproduce/rerun.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "results/record/listing.h"

namespace assay::cli::reproduce {

using harness::plan::Plan;
using harness::plan::PlanOptions;
using results::bundle::Obstacle;
using results::bundle::Reproduction;
using results::record::DeviceIdentity;
using results::record::Record;

namespace {

std::vector<FoundDevice> all_devices(const std::vector<harness::worker::ModuleReport>& modules) {
  std::vector<FoundDevice> out;
  for (const harness::worker::ModuleReport& module : modules) {
    for (const DeviceIdentity& device : module.devices) out.push_back({device, module.path, {}});
  }
  return out;
}

/// How similar a device here is to one of the bundle; 0: another kind of device.
int likeness(const DeviceIdentity& there, const DeviceIdentity& here) {
  if (there.backend != here.backend || there.name != here.name) return 0;
  const bool same_unit = !there.unique_id.empty() && there.unique_id == here.unique_id;
  return 1 + (there.index == here.index ? 1 : 0) + (same_unit ? 2 : 0);
}

/// The replacement that "cuda:0=cuda:1" or "cpu:0" names for a device of the bundle; empty: none.
std::string named_for(const DeviceIdentity& there, const std::vector<std::string>& names) {
  const std::string key = results::record::device_key(there);
  std::string for_all;
  for (const std::string& name : names) {
    const std::size_t equals = name.find('=');
    if (equals == std::string::npos) {
      for_all = name;
    } else if (name.substr(0, equals) == key) {
      return name.substr(equals + 1);
    }
  }
  return for_all;
}

void require_known(const std::vector<Counterpart>& all, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::size_t equals = name.find('=');
    if (equals == std::string::npos) continue;
    const std::string left = name.substr(0, equals);
    std::string keys;
    for (const Counterpart& one : all) {
      const std::string key = results::record::device_key(one.there);
      if (key == left) keys = key;
    }
    if (!keys.empty()) continue;
    for (const Counterpart& one : all) {
      keys += (keys.empty() ? "" : ", ") + results::record::device_key(one.there);
    }
    throw InputError(fmt::format("--device {}: the bundle has no device `{}`", name, left),
                     "it has " + keys);
  }
}

Obstacle obstacle_of(const harness::plan::Skip& skip) {
  return skip.for_memory ? Obstacle::no_memory : Obstacle::no_implementation;
}

}  // namespace

std::vector<Counterpart> counterparts(const std::vector<Record>& records,
                                      const std::vector<harness::worker::ModuleReport>& modules,
                                      const std::vector<std::string>& names) {
  std::vector<Counterpart> out;
  const std::vector<FoundDevice> here = all_devices(modules);
  for (const Record& record : records) {
    const auto same = [&](const Counterpart& other) {
      return results::record::device_key(other.there) == results::record::device_key(record.device);
    };
    if (is_modelled(record) || std::any_of(out.begin(), out.end(), same)) continue;
    Counterpart& one = out.emplace_back(Counterpart{record.device, std::nullopt});
    if (const std::string name = named_for(one.there, names); !name.empty()) {
      one.here = select_devices(modules, {name}).front();
      continue;
    }
    int best = 0;
    for (const FoundDevice& device : here) {
      const int like = likeness(one.there, device.identity);
      if (like > best) one.here = device;
      best = std::max(best, like);
    }
  }
  require_known(out, names);
  return out;
}

namespace {

class RerunPlanner {
 public:
  RerunPlanner(const std::vector<Counterpart>& counterparts,
               const std::vector<DeviceIdentity>& devices, const PlanOptions& options,
               const harness::plan::Asker& ask)
      : devices_(devices), options_(options), ask_(ask) {
    for (const Counterpart& one : counterparts) {
      counterparts_[results::record::device_key(one.there)] =
          one.here ? place_of(*one.here) : kNone;
    }
    out_.plan.threads = options.threads;
  }

  Rerun run(const std::vector<Record>& records) {
    for (const results::bundle::Repeated& there : results::bundle::repeated(records)) add(there);
    return std::move(out_);
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::size_t place_of(const FoundDevice& device) const {
    const auto same = [&](const DeviceIdentity& other) {
      return results::record::device_key(other) == results::record::device_key(device.identity);
    };
    return static_cast<std::size_t>(std::find_if(devices_.begin(), devices_.end(), same) -
                                    devices_.begin());
  }

  void give_up(Reproduction one, Obstacle obstacle, const std::string& reason) {
    one.obstacle = obstacle;
    one.reason = reason;
    out_.impossible.push_back(std::move(one));
  }

  void add(const results::bundle::Repeated& there) {
    Reproduction one = results::bundle::reproducible(there);
    if (one.obstacle != Obstacle::none) {
      out_.impossible.push_back(std::move(one));
      return;
    }
    const Record& record = *there.front();
    const std::size_t device = counterparts_.at(results::record::device_key(record.device));
    if (device == kNone) {
      return give_up(std::move(one), Obstacle::no_device,
                     fmt::format("no {} {} here", record.device.backend, record.device.name));
    }
    try {
      plan(there, device, std::move(one));
    } catch (const InputError& error) {
      give_up(results::bundle::reproducible(there), Obstacle::no_implementation, error.what());
    }
  }

  /// A suite with this problem and implementation only.
  void plan(const results::bundle::Repeated& there, std::size_t device, Reproduction one) {
    const Record& record = *there.front();
    harness::plan::SuiteProblem problem{kernels::Problem::parse(record.problem), "", {}};
    problem.measurement.implementations = {record.implementation.name};
    problem.measurement.mode = record.settings.mode;
    problem.measurement.budget_seconds = record.settings.budget_seconds;
    problem.measurement.burn_seconds = record.settings.burn_seconds;
    Plan single = harness::plan::make_plan({problem}, {devices_[device]}, options_,
                                           [&](std::size_t, const kernels::Problem& problem_asked) {
                                             return ask_(device, problem_asked);
                                           });
    if (single.entries.empty()) {
      const harness::plan::Skip& skip = single.skipped.front();
      return give_up(std::move(one), obstacle_of(skip), skip.reason);
    }
    harness::plan::PlanEntry entry = std::move(single.entries.front());
    entry.device = device;
    entry.settings = record.settings;
    out_.plan.entries.push_back(std::move(entry));
    out_.measured.push_back(there);
  }

  const std::vector<DeviceIdentity>& devices_;
  const PlanOptions& options_;
  const harness::plan::Asker& ask_;
  std::map<std::string, std::size_t> counterparts_;
  Rerun out_;
};

}  // namespace

Rerun plan_rerun(const std::vector<Record>& records, const std::vector<Counterpart>& counterparts,
                 const std::vector<DeviceIdentity>& devices, const PlanOptions& options,
                 const harness::plan::Asker& ask) {
  return RerunPlanner(counterparts, devices, options, ask).run(records);
}

}  // namespace assay::cli::reproduce
