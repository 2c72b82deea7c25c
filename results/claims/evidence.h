// What the records say of a claim's quantity, device by device.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/record/record.h"

namespace assay::results::claims {

/// Whether a device is one of this system: all of its patterns match, none where there are none. A
/// pretended device is of the system that it was made from.
bool matches(const System& system, const record::DeviceIdentity& device);

/// The records that may speak for or against a claim: measured here, status ok, output right,
/// by the vendor's best routine or one tuned for the device. Never a modelled one: its figures
/// follow from the published ones that a claim is about.
bool is_evidence(const record::Record& record);

/// A test's quantity on one device.
struct Measured {
  record::DeviceIdentity device;
  double value = 0;               ///< in base units
  statistics::Interval interval;  ///< at `confidence`
  double confidence = 0.95;       ///< the least of the records used
  std::size_t samples = 0;        ///< of the least sampled record used
  std::string text;               ///< the arithmetic with its numbers
  std::vector<std::string> records;
  std::string date;  ///< of the newest record used
};

/// Records arranged so that thousands of claims are held against many thousands of them. Of several
/// runs of one problem by one implementation the newest counts. Refers to the records, which must
/// outlive it; not to be used by two threads at once.
class EvidenceIndex {
 public:
  explicit EvidenceIndex(std::span<const record::Record> records);
  ~EvidenceIndex();

  /// Evaluates the test on every device of the system that has verified records for all of its
  /// problems; of several problems or implementations the fastest. A ratio of two rates takes the
  /// wider of the bootstrap's interval and the one propagated from the two medians'; other
  /// expressions are evaluated at the corners of their intervals. Bandwidths count only where the
  /// operands exceed the last-level cache fourfold.
  std::vector<Measured> measured(const Test& test, const System& system);

  /// What models give for the test's quantity, one a pretended device of the system; to be listed,
  /// and to decide nothing: the intervals are NaN.
  std::vector<Measured> modelled(const Test& test, const System& system);

  /// Devices in the records that are of this system, each once; pretended ones are none.
  std::vector<record::DeviceIdentity> devices_of(const System& system);

 private:
  struct Device;
  const std::vector<Device*>& of(const System& system);
  std::vector<Measured> evaluate(const Test& test, const System& system, bool modelled);

  std::vector<std::unique_ptr<Device>> devices_;
  std::vector<Device*> ordered_;
  std::unordered_map<std::string, std::vector<Device*>> by_system_;
};

}  // namespace assay::results::claims
