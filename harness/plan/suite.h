// Problems to measure together, as a TOML file states them.
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

/// How a problem is to be measured. What is absent is as the suite, the command line or the
/// defaults of the program say.
struct MeasurementOptions {
  std::optional<results::record::Mode> mode;
  std::optional<double> target;  ///< relative half-width of the median's interval
  std::optional<double> budget_seconds;
  std::optional<double> burn_seconds;                ///< repeated so long after the samples
  std::vector<std::string> implementations;          ///< names, "library/onednn"; empty: any
  std::vector<results::record::Division> divisions;  ///< empty: all that rank unasked
};

struct SuiteProblem {
  kernels::Problem problem;
  std::string label;               ///< "Llama-3 8B qkv"; may be empty
  MeasurementOptions measurement;  ///< the suite's defaults are in them already
};

/// A suite, its axes multiplied out.
///
///   name = "quick"
///   description = "…"
///   [defaults]                 # any of mode, target, budget, burn, implementations, divisions
///   mode = "hot"
///   [[problem]]                # one a block; an array is an axis, and axes multiply
///   operation = "matmul"
///   label = "square"
///   m = [1024, 2048]
///   a = ["f32", "bf16"]
struct Suite {
  std::string name, description;
  std::vector<SuiteProblem> problems;  ///< in the file's order, each Problem and mode once
};

/// Suites built into the program, `name.toml` each.
std::span<const EmbeddedFile> suite_files();

/// How a suite writes the `ranks` of a collective that as many take part in as there are.
inline constexpr const char* kAllRanks = "all";

/// Parses a suite, with `ranks` for kAllRanks. Throws InputError "file:line: key: …" with the
/// nearest right word.
Suite parse_suite(std::string_view text, const std::string& file, std::uint32_t ranks = 1);

/// A built-in suite by name, or a file by its path (it has a slash or ends in .toml). Throws
/// InputError naming the nearest suite.
Suite load_suite(const std::string& name_or_path, std::uint32_t ranks = 1);

}  // namespace assay::harness::plan
