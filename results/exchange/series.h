// The name of a measurement in formats that have only names, and the choice of the newest record of
// each series.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/record/record.h"

namespace assay::results::exchange {

/// What Google Benchmark calls a measurement: "PROBLEM/IMPLEMENTATION/DEVICE/MODE/manual_time",
/// "copy n=64 type=f32 dist=uniform seed=1/library/memcpy/cuda:0/hot/manual_time".
struct BenchmarkName {
  std::string problem;         ///< canonical text
  std::string implementation;  ///< "library/memcpy"
  std::string device;          ///< "cuda:0"
  record::Mode mode = record::Mode::cold;
  std::uint32_t repetition = 0;  ///< of the run; written as "/repetition:2" from the second on

  /// Without "/manual_time", which Google Benchmark adds if the program supplies the times.
  std::string text() const;
  /// nullopt if the name was written by another program.
  static std::optional<BenchmarkName> parse(std::string_view name);
};

inline constexpr std::string_view kManualTime = "/manual_time";

BenchmarkName benchmark_name(const record::Record& record);

/// Reads "cuda:1" into backend and index.
void take_device_key(const std::string& key, record::DeviceIdentity& device);

/// The newest record for each key, in the order of listings.
std::vector<const record::Record*> newest_of_each(
    std::span<const record::Record> records,
    const std::function<std::string(const record::Record&)>& key);

/// The same, but of a run that measured it in several processes, the record with the middle time;
/// one that failed or whose result is not right, if there is one.
std::vector<const record::Record*> middle_of_each(
    std::span<const record::Record> records,
    const std::function<std::string(const record::Record&)>& key);

/// The division in an implementation's name: `library` for "library/onednn".
record::Division division_of(const std::string& implementation);

}  // namespace assay::results::exchange
