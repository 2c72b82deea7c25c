// What the records say of a claim's quantity, device by device.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/record.h"

namespace assay::results {

/// Whether a device is one of this system: all of its patterns match, none where there are none. A
/// pretended device is of the system that it was made from.
bool matches(const System& system, const DeviceIdentity& device);

/// The records that may speak for or against a claim: measured here, status ok, output right,
/// by the vendor's best routine or one tuned for the device. Never a modelled one: its figures
/// follow from the published ones that a claim is about.
bool is_evidence(const Record& record);

/// A test's quantity on one device.
struct Measured {
  DeviceIdentity device;
  double value = 0;         ///< in base units
  Interval interval;        ///< 95%
  std::size_t samples = 0;  ///< of the least sampled record used
  std::string text;         ///< the arithmetic with its numbers
  std::vector<std::string> records;
  std::string date;  ///< of the newest record used
};

/// Evaluates the test on every device of the system that has verified records for all of its
/// problems. Of several runs of one problem by one implementation the newest counts; of several
/// problems or implementations the fastest. A ratio of two rates takes the wider of the bootstrap's
/// interval and the one propagated from the two medians'; other expressions are evaluated at the
/// corners of their intervals. Bandwidths count only where the operands exceed the last-level cache
/// fourfold.
std::vector<Measured> measure(const Test& test, const System& system,
                              std::span<const Record> records);

/// What models give for the test's quantity, one a pretended device of the system; to be listed,
/// and to decide nothing: the intervals are NaN.
std::vector<Measured> modelled(const Test& test, const System& system,
                               std::span<const Record> records);

/// Devices in the records that are of this system, each once; pretended ones are none.
std::vector<DeviceIdentity> devices_of(const System& system, std::span<const Record> records);

}  // namespace assay::results
