// What a process holds, and whether calls leave something behind in it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/conformance/subject.h"

namespace assay::harness::conformance {

/// Bytes and counts. A figure that is not known is NaN.
struct Holdings {
  double heap_bytes = 0;      ///< handed out by malloc
  double resident_bytes = 0;  ///< NaN where a sanitizer keeps what is freed
  double descriptors = 0;
  double threads = 0;
  double device_bytes = 0;  ///< taken of the device's memory, from an arbitrary zero
};
/// The device's share only where it has been opened already.
Holdings holdings(Subject& subject);

struct Repetition {
  std::size_t asked = 0, done = 0;
  double seconds = 0;
  Holdings before;  ///< after the first round
  std::vector<Holdings>
      readings;  ///< after a tenth for warming up, then after each quarter of the rest
};

/// Calls `body(0)`, `body(1)`, … `cycles` times, or fewer where `budget` seconds do not suffice.
/// The first `round` of them are not counted.
Repetition repeat(Subject& subject, std::size_t cycles, std::size_t round, double budget,
                  const std::function<void(std::size_t)>& body);

/// What grows from quarter to quarter, or has piled up since the first round; empty where nothing
/// does.
std::string left_behind(const Repetition& repetition);
/// "10,000 times", "412 of 10,000 times, all that 10 s allow".
std::string times_text(const Repetition& repetition);

}  // namespace assay::harness::conformance
