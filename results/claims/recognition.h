// Which system of the catalogue a device is.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/record/record.h"

namespace assay::results::claims {

/// Throws InputError if `pattern` is not valid for the key: a range such as "79 GB to 86 GB" or a
/// single value for `memory`, `clock` and `compute_units`, and a regular expression for all others.
void check_match(std::string_view key, const std::string& pattern);

/// Whether a device may be this system: the system has patterns and all of them match. A modelled
/// device is the system from which it was made.
bool matches(const System& system, const record::DeviceIdentity& device);

/// The systems of one kind that a device may be. More than one is no answer: the variants of a chip
/// differ in their peaks, so the device is judged against none of them until `told` names one.
class Recognition {
 public:
  /// `told`: ids of systems that the user named. Refers to the catalogue. Throws InputError for an
  /// unknown id.
  explicit Recognition(const Catalogue& catalogue, std::vector<std::string> told = {});

  /// Whether the device is this system and no other system of its kind.
  bool is(const System& system, const record::DeviceIdentity& device) const;
  /// All systems of this one's kind that the device may be, this one included; empty if it cannot
  /// be this one.
  std::vector<const System*> candidates(const System& system,
                                        const record::DeviceIdentity& device) const;

 private:
  const Catalogue& catalogue_;
  std::vector<std::string> told_;
};

}  // namespace assay::results::claims
