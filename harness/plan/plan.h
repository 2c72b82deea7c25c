// What will run, in which order, at what cost; and what will not, and why.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include "harness/measure/device_description.h"
#include "harness/plan/suite.h"
#include "results/record/record.h"

namespace assay::harness::plan {

struct Estimate {
  double seconds = 0;       ///< rough, of the whole measurement
  double device_bytes = 0;  ///< operands, and weights once more for packing
  double host_bytes = 0;    ///< operands as the check needs them
};

struct PlanEntry {
  kernels::Problem problem;
  std::string label;
  std::size_t device = 0;  ///< index into the devices planned for
  std::string implementation;
  results::record::Division division = results::record::Division::unknown;
  results::record::Settings settings;
  Estimate estimate;
};

struct Skip {
  kernels::Problem problem;
  std::string label, device;
  std::string implementation;  ///< empty where all of them are meant
  std::string reason;
  bool for_memory = false;
};

struct Plan {
  std::vector<PlanEntry> entries;  ///< in the order of running
  std::vector<Skip> skipped;
  unsigned threads = 0;  ///< host threads a CPU-like device may use; 0: all

  double seconds() const;
};

struct PlanOptions {
  MeasurementOptions measurement;  ///< of the command line: they override the suite's
  std::uint64_t order_seed = 1;
  double host_memory_bytes = 0;  ///< free for operands
  unsigned threads = 0;
};

/// Asks device number `device` what it offers for a problem. May throw assay::Error: the problem is
/// then skipped on that device, with the error as its reason.
using Asker =
    std::function<std::vector<measure::Offer>(std::size_t device, const kernels::Problem& problem)>;

/// Problem × Device × Implementation. The order of problems is shuffled by the seed;
/// implementations of one problem stay together, in shuffled order, so that its operands are made
/// once. Throws InputError for an implementation asked for on the command line that none offers.
Plan make_plan(const std::vector<SuiteProblem>& problems,
               const std::vector<results::record::DeviceIdentity>& devices,
               const PlanOptions& options, const Asker& ask);

/// Rough, from work and a guess at the device's rates.
Estimate estimate(const kernels::Problem& problem, const results::record::DeviceIdentity& device,
                  results::record::Division division, const results::record::Settings& settings);

/// After how long a measurement counts as hung.
double timeout_seconds(const Estimate& estimate);

/// An entry as Run::plan keeps it, and as ranks tell it to each other.
struct StoredEntry {
  std::string problem;  ///< canonical text
  std::string device;   ///< "cpu:0"
  std::string implementation;
  results::record::Mode mode = results::record::Mode::cold;
  results::record::Division division = results::record::Division::unknown;
  std::string label;
  double target = 0, budget_seconds = 0;
  std::uint64_t order_seed = 0;
  double burn_seconds = 0;
  unsigned threads = 0;
};
std::vector<StoredEntry> stored_entries(
    const Plan& plan, const std::vector<results::record::DeviceIdentity>& devices);
/// The plan of such entries. `devices` are matched by name; an entry whose device is not among them
/// is skipped with that reason. Throws InputError for a text that is no problem.
Plan plan_of(const std::vector<StoredEntry>& entries,
             const std::vector<results::record::DeviceIdentity>& devices);

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, StoredEntry>
void keys(Archive& archive, T& entry) {
  archive("problem", entry.problem);
  archive("device", entry.device);
  archive("implementation", entry.implementation);
  archive("mode", entry.mode);
  archive("division", entry.division);
  archive("label", entry.label);
  archive("target", entry.target);
  archive("budget_seconds", entry.budget_seconds);
  archive("order_seed", entry.order_seed);
  archive("burn_seconds", entry.burn_seconds);
  archive("threads", entry.threads);
}

/// The devices that a plan as Run::plan keeps it names, each once; none where the text is no plan.
std::vector<std::string> planned_devices(const std::string& text);

/// A run's plan as Run::plan keeps it, a JSON array of stored entries, and back.
std::string plan_to_json(const Plan& plan,
                         const std::vector<results::record::DeviceIdentity>& devices);
Plan plan_from_json(const std::string& text,
                    const std::vector<results::record::DeviceIdentity>& devices);

}  // namespace assay::harness::plan
