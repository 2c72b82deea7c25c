// The plan of a run: its measurements in order with their estimated cost, and the skipped ones with
// the reason.
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
  double seconds = 0;       ///< rough estimate for the whole measurement
  double device_bytes = 0;  ///< operands, plus a copy of the weights for packing
  double host_bytes = 0;    ///< operands in the form that the check needs
};

struct PlanEntry {
  kernels::Problem problem;
  std::string label;
  std::size_t device = 0;  ///< index into the plan's list of devices
  std::string implementation;
  results::record::Division division = results::record::Division::unknown;
  results::record::Settings settings;
  Estimate estimate;
  std::uint32_t repetition = 0;  ///< from 0; the entries of one repetition stand together
};

struct Skip {
  kernels::Problem problem;
  std::string label, device;
  std::string implementation;  ///< empty for all implementations
  std::string reason;
  bool for_memory = false;
};

struct Plan {
  std::vector<PlanEntry> entries;  ///< in the order in which they run
  std::vector<Skip> skipped;
  unsigned threads = 0;  ///< host threads that a CPU device may use; 0: all

  double seconds() const;
};

struct PlanOptions {
  MeasurementOptions measurement;  ///< options of the command line, which override the suite's
  std::uint64_t order_seed = 1;
  double host_memory_bytes = 0;  ///< memory available for operands
  unsigned threads = 0;
  std::uint32_t repeats = 1;  ///< how often everything is measured
};

/// Asks device number `device` which implementations it offers for a problem. May throw
/// assay::Error; the problem is then skipped on that device, with the error as the reason.
using Asker =
    std::function<std::vector<measure::Offer>(std::size_t device, const kernels::Problem& problem)>;

/// Plans Problem × Device × Implementation. The order of problems is shuffled with the seed. The
/// implementations of one problem stay together, in shuffled order, so that its operands are
/// generated only once. A repeated plan is shuffled anew for each repetition. Throws InputError if
/// no device offers an implementation that the command line names.
Plan make_plan(const std::vector<SuiteProblem>& problems,
               const std::vector<results::record::DeviceIdentity>& devices,
               const PlanOptions& options, const Asker& ask);

/// A rough estimate from the work and the device's expected rates.
Estimate estimate(const kernels::Problem& problem, const results::record::DeviceIdentity& device,
                  results::record::Division division, const results::record::Settings& settings);

/// The time after which a measurement counts as hung.
double timeout_seconds(const Estimate& estimate);

/// An entry in the form that Run::plan contains and that ranks send to each other.
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
  std::uint32_t repetition = 0;
};
std::vector<StoredEntry> stored_entries(
    const Plan& plan, const std::vector<results::record::DeviceIdentity>& devices);
/// The plan with these entries. Entries are matched with `devices` by name; an entry without its
/// device is skipped with that reason. Throws InputError if a problem's text cannot be parsed.
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
  archive("repetition", entry.repetition);
}

/// The distinct devices that a text of Run::plan names; empty if the text is not a plan.
std::vector<std::string> planned_devices(const std::string& text);

/// Converts a plan to the text of Run::plan, a JSON array of stored entries, and back.
std::string plan_to_json(const Plan& plan,
                         const std::vector<results::record::DeviceIdentity>& devices);
Plan plan_from_json(const std::string& text,
                    const std::vector<results::record::DeviceIdentity>& devices);

}  // namespace assay::harness::plan
