// Choosing a portable kernel's parameters for a device, whatever family it is of: the first
// candidate that it takes, the result of an earlier tuning, or, when asked to tune, the fastest of
// all.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kernels/portable.h"

namespace assay::backends {

/// What implementations made of portable kernels are called in every family.
inline constexpr const char* kPortableName = "portable/kernel";

/// A compiled program, as the family holds it.
using PortableProgram = std::shared_ptr<void>;

/// What a family of devices provides to the runner, for one problem with its buffers.
struct PortableRuntime {
  kernels::PortableTarget target;
  std::string device;  ///< name and driver's version: with them the tuning cache is keyed
  std::string driver;
  bool tune = false;
  /// After this many seconds of tuning one problem, no further candidate is compiled and timed.
  double tune_seconds = 60;
  /// Compiles a text; throws with the compiler's log. Texts seen before should come from memory.
  std::function<PortableProgram(const std::string& text)> compile;
  /// Launches all of a list once and waits; seconds by the device's clock. Throws where a launch is
  /// refused.
  std::function<double(const PortableProgram& program,
                       const std::vector<kernels::PortableLaunch>& launches,
                       std::int64_t scratch_bytes)>
      time;
};

struct PortableChoice {
  PortableProgram program;
  kernels::PortableParameters parameters;
  std::vector<kernels::PortableLaunch> launches;
  std::int64_t scratch_bytes = 0;
  /// For the record: source.sha256, text.sha256 of all that was compiled, prelude, tile_multiply,
  /// parameters, and how they were chosen.
  std::map<std::string, std::string> details;
};

/// Throws what `compile` or `time` throws, if no candidate works.
PortableChoice choose_portable(const kernels::PortableKernel& kernel,
                               const kernels::Problem& problem, const PortableRuntime& runtime);

/// Problems that share a tuning: dimensions count by their power of two, distribution and seed not.
std::string problem_class(const kernels::Problem& problem);

/// $XDG_CACHE_HOME/assay/tuning.json, else ~/.cache/assay/tuning.json; empty where neither is
/// known.
std::string tuning_cache_path();

}  // namespace assay::backends
