// Suites: problems to measure together, described in a TOML file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/embedded.h"
#include "kernels/problem.h"
#include "results/record/enums.h"

namespace assay::harness::plan {

/// How to measure a problem. Absent options are taken from the suite, the command line or the
/// program's defaults.
struct MeasurementOptions {
  std::optional<results::record::Mode> mode;
  std::optional<double> target;  ///< relative half-width of the median's interval
  std::optional<double> budget_seconds;
  std::optional<double> burn_seconds;        ///< how long to repeat the problem after the samples
  std::vector<std::string> implementations;  ///< names, "library/onednn"; empty: all
  std::vector<results::record::Division> divisions;  ///< empty: those that rank by default
};

struct SuiteProblem {
  kernels::Problem problem;
  std::string label;               ///< "Llama-3 8B qkv"; may be empty
  MeasurementOptions measurement;  ///< including the suite's defaults
};

/// A suite with its axes multiplied out. The file looks like this:
///
///   name = "quick"
///   description = "…"
///   [defaults]                 # any of mode, target, budget, burn, implementations, divisions
///   mode = "hot"
///     [[problem]]                # one per block; an array is an axis, and axes multiply
///   operation = "matmul"
///   label = "square"
///   m = [1024, 2048]
///   a = ["f32", "bf16"]
struct Suite {
  std::string name, description;
  std::vector<SuiteProblem>
      problems;  ///< in the order of the file, without duplicates of Problem and mode
};

/// The suites built into the program, each named `name.toml`.
std::span<const EmbeddedFile> suite_files();

/// The value of `ranks` in a suite for a collective in which all ranks take part.
inline constexpr const char* kAllRanks = "all";

/// Parses a suite and replaces kAllRanks by `ranks`. Throws InputError "file:line: key: …" with the
/// nearest valid name.
Suite parse_suite(std::string_view text, const std::string& file, std::uint32_t ranks = 1);

/// Loads a built-in suite by name, or a file by its path (which has a slash or ends in .toml).
/// Throws InputError naming the nearest suite.
Suite load_suite(const std::string& name_or_path, std::uint32_t ranks = 1);

}  // namespace assay::harness::plan
