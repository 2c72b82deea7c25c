// The entries of Google Benchmark's JSON, sorted by benchmark: times apart from statistics.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "results/record/json_library.h"

namespace assay::results::exchange {

using nlohmann::ordered_json;

/// One benchmark as it was registered.
struct BenchmarkEntries {
  std::string name;
  std::size_t of_this_name = 1;  ///< number among the benchmarks registered under this name
  std::vector<const ordered_json*> iterations;            ///< one for each repetition
  std::map<std::string, const ordered_json*> aggregates;  ///< by name: "median"
};

/// Sorts the entries, in the order of the file. Versions before 1.5 have no "run_type": there an
/// entry is a statistic if it is called like one of the repetitions before it, with "_mean",
/// "_median" or "_stddev" behind. `leave_out` is told what is neither: where, and why.
std::vector<BenchmarkEntries> benchmarks_of(
    const ordered_json& benchmarks,
    const std::function<void(const std::string& where, const std::string& reason)>& leave_out);

/// Empty if the key is missing or has another type.
std::string text_of(const ordered_json& json, const char* key);
/// NaN if the key is missing or has another type.
double number_of(const ordered_json& json, const char* key);
bool is_true(const ordered_json& json, const char* key);

}  // namespace assay::results::exchange
