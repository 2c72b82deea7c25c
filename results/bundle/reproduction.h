// Compares a bundle's measurements ("there") with repeated measurements of the same problems on
// this machine ("here").
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/record/record.h"
#include "results/statistics/equivalence.h"

namespace assay::results::bundle {

/// Why two measurements cannot be compared.
enum class Obstacle {
  none,
  modelled,           ///< the bundle's figure is from a model; nothing ran
  failed_there,       ///< no verified result in the bundle
  no_device,          ///< no such device here
  no_implementation,  ///< the device here does not offer it, or does not answer
  no_memory,          ///< the problem does not fit into memory here
  not_run,            ///< skipped here
  failed_here,        ///< wrong, crashed, hung or out of memory here
  other_work          ///< the operands differ
};
std::string_view name(Obstacle obstacle);

/// The bundle's records of one problem, implementation, mode and device: one per process, in the
/// bundle's order.
using Repeated = std::vector<const record::Record*>;
std::vector<Repeated> repeated(std::span<const record::Record> records);

struct Reproduction {
  const record::Record* there = nullptr;  ///< of the processes there the one with the middle median
  Repeated processes_there;               ///< all of them
  std::vector<record::Record> here;       ///< one per process
  Obstacle obstacle = Obstacle::none;
  std::string reason;  ///< of the obstacle, or why a doubtful measurement leaves it undecided
  std::optional<statistics::EquivalenceTest>
      test;  ///< of times here divided by times there; absent if there is an obstacle
};

/// Checks whether a measurement of the bundle can be repeated at all; sets an obstacle that depends
/// only on `there`, which is not empty.
Reproduction reproducible(const Repeated& there);

/// Compares it with the records of one or more processes here, all of the same problem,
/// implementation and mode.
Reproduction reproduction(const Repeated& there, std::vector<record::Record> here, double margin);

struct ReproductionCounts {
  std::size_t equivalent = 0, different = 0, undecided = 0;
  std::size_t failed = 0;      ///< ran here, but failed or had different work
  std::size_t impossible = 0;  ///< the other obstacles

  std::size_t compared() const { return equivalent + different + undecided; }
};
ReproductionCounts count(std::span<const Reproduction> all);

/// The differences between two environments in JSON, in order of key: "system.kernel: 6.1.0 there,
/// 6.12.0 here".
std::vector<std::string> environment_differences(const std::string& there, const std::string& here);

}  // namespace assay::results::bundle
