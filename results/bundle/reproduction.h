// What a bundle measured, held against the same measured again.
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

/// Why there is nothing to compare.
enum class Obstacle {
  none,
  modelled,           ///< nothing ran there
  failed_there,       ///< no verified result in the bundle
  no_device,          ///< no such device here
  no_implementation,  ///< the device here does not offer it, or cannot be asked
  no_memory,          ///< it does not fit here
  not_run,            ///< left out here
  failed_here,        ///< wrong, crashed, hung, out of memory
  other_work          ///< the operands were other ones
};
std::string_view name(Obstacle obstacle);

struct Reproduction {
  const record::Record* there = nullptr;  ///< of the bundle
  std::vector<record::Record> here;       ///< one a run
  Obstacle obstacle = Obstacle::none;
  std::string reason;  ///< of the obstacle, in words
  std::optional<statistics::EquivalenceTest>
      test;  ///< of the times here over those there; where none stands
};

/// Whether a record of the bundle can be run again at all; an obstacle of `there` alone.
Reproduction reproducible(const record::Record& there);

/// Holds what one run or more had here against it: all of its problem, implementation and mode.
Reproduction reproduction(const record::Record& there, std::vector<record::Record> here,
                          double margin);

struct ReproductionCounts {
  std::size_t equivalent = 0, different = 0, undecided = 0;
  std::size_t failed = 0;      ///< ran here, and went wrong or was other work
  std::size_t impossible = 0;  ///< the other obstacles

  std::size_t compared() const { return equivalent + different + undecided; }
};
ReproductionCounts count(std::span<const Reproduction> all);

/// What differs between two environments' JSON: "system.kernel: 6.1.0 there, 6.12.0 here", in order
/// of key.
std::vector<std::string> environment_differences(const std::string& there, const std::string& here);

}  // namespace assay::results::bundle
