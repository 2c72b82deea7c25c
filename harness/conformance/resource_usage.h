// The resources that a process uses, and whether calls leak any of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/conformance/subject.h"

namespace assay::harness::conformance {

/// Bytes and counts. Unknown figures are NaN.
struct ResourceUsage {
  double heap_bytes = 0;      ///< allocated by malloc
  double resident_bytes = 0;  ///< NaN with a sanitizer that keeps freed memory
  double descriptors = 0;
  double threads = 0;
  double device_bytes = 0;  ///< used device memory, relative to an arbitrary zero
};
/// Reads the current usage. `device_bytes` is known only if the device is already open.
ResourceUsage resource_usage(Subject& subject);

struct Repetition {
  std::size_t asked = 0, done = 0;
  double seconds = 0;
  ResourceUsage before;  ///< after the first round
  std::vector<ResourceUsage>
      readings;  ///< after the first tenth (warm-up), then after each quarter of the rest
};

/// Calls `body(0)`, `body(1)`, … `cycles` times, or fewer if `budget` seconds do not suffice. The
/// first `round` calls are not counted.
Repetition repeat(Subject& subject, std::size_t cycles, std::size_t round, double budget,
                  const std::function<void(std::size_t)>& body);

/// Describes what grows in every quarter or has accumulated since the first round; empty if nothing
/// does.
std::string leaks(const Repetition& repetition);
/// "10000 times", "412 of 10000 times, limited to 10.0 s".
std::string times_text(const Repetition& repetition);

}  // namespace assay::harness::conformance
