// The values of a claim's quantity that records give, device by device.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/claims/recognition.h"
#include "results/claims/test_mode.h"
#include "results/record/record.h"
#include "results/trust/beside.h"
#include "results/trust/trust.h"

namespace assay::results::claims {

/// A test's quantity on one device.
struct Measured {
  record::DeviceIdentity device;
  double value = 0;               ///< in base units
  statistics::Interval interval;  ///< at `confidence`
  double confidence = 0.95;       ///< the lowest among the records used
  std::size_t samples = 0;        ///< the fewest of any record used
  double work = 0;                ///< FLOP or bytes per launch, the least of any record used
  double intensity = 0;           ///< FLOP per byte, the least of any record used
  std::string text;               ///< the arithmetic with its numbers
  std::vector<std::string> records;
  std::vector<std::string> implementations;  ///< of the records, each once
  std::string date;                          ///< of the newest record used
  trust::Trust trust;                        ///< what is wrong with the records used
  /// Whether all records were measured at one clock, to 2%; false if a clock was not read or
  /// if its sensor stood still.
  bool same_clock = true;
  record::Mode mode = record::Mode::cold;  ///< of the test; see mode_of() in test_mode.h
  /// What the value says about that mode, if a record was measured in the other one.
  Side side = Side::exact;
  bool of_energy = false;  ///< joules, or a rate per watt
  /// Why more samples would not narrow the interval; empty if they would.
  std::string fixed_by;
  bool one_problem = true;      ///< one rate or time, not an expression of several
  bool vendor_routine = false;  ///< all by the vendor's own routine (`library/…`)
  /// All of an operation that measures the arithmetic ceiling: how well a routine uses memory and
  /// caches does not matter.
  bool measures_ceiling = false;
};

/// An index of records by which thousands of claims are judged by many thousands of records. If one
/// implementation ran a problem several times, the newest record without doubts counts, or else the
/// newest. Refers to the catalogue and the records, which must outlive it. Not thread-safe.
class EvidenceIndex {
 public:
  /// `told`: ids of the systems that the user named for devices that may be several.
  EvidenceIndex(const Catalogue& catalogue, std::span<const record::Record> records,
                std::vector<std::string> told = {});
  ~EvidenceIndex();

  /// Evaluates the test on every device of the system that has verified records for all problems of
  /// the test; if several problems or implementations match, the fastest counts. The interval of a
  /// ratio of two rates is the wider of the bootstrap interval and the one propagated from the
  /// intervals of the two medians; other expressions are evaluated at the corners of their
  /// intervals. Bandwidths count only if the operands are at least four times as large as the
  /// last-level cache. Records in the mode of the test come first (Measured::side).
  std::vector<Measured> measured(const Test& test, const System& system);

  /// The value of the test's quantity on every modelled device of the system. It is listed and
  /// decides nothing; the intervals are NaN.
  std::vector<Measured> modelled(const Test& test, const System& system);

  /// Why the records of the test's problems lack the energy that it needs; empty if they do not.
  std::string missing_energy(const Test& test, const System& system);

  /// The devices of this system in the records, each once, without modelled ones.
  std::vector<record::DeviceIdentity> devices_of(const System& system);
  /// The devices that may be this system or another one of its kind, and are therefore not judged.
  struct Ambiguous {
    record::DeviceIdentity device;
    std::vector<const System*> systems;
  };
  std::vector<Ambiguous> ambiguous(const System& system) const;

 private:
  struct Device;
  const std::vector<Device*>& of(const System& system);
  std::vector<Measured> evaluate(const Test& test, const System& system, bool modelled);

  Recognition recognition_;
  trust::Beside beside_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::vector<Device*> ordered_;
  std::unordered_map<std::string, std::vector<Device*>> by_system_;
};

}  // namespace assay::results::claims
