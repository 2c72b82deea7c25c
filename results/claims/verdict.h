// Verdicts on claims, with the evidence for each.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "results/claims/audit.h"
#include "results/claims/catalogue.h"
#include "results/claims/decision.h"
#include "results/claims/evidence.h"
#include "results/record/record.h"

namespace assay::results::claims {

/// What speaks to a claim; the kinds are never confused with one another. What is modelled is
/// listed and decides nothing.
enum class EvidenceKind { measured, imported, audited, projected, modelled };
std::string_view name(EvidenceKind kind);

struct Evidence {
  EvidenceKind kind = EvidenceKind::measured;
  std::string text;                  ///< one sentence with its numbers
  std::vector<std::string> records;  ///< ids of the records used; empty for arithmetic
  std::string device;
  std::string date;  ///< of the newest record used, ISO 8601
};

/// A figure with its 95% interval, in the claim's own unit; `known` false where there is none.
struct Estimate {
  bool known = false;
  double value = 0;
  statistics::Interval interval;
};

struct Verdict {
  std::string claim;  ///< id
  VerdictKind kind = VerdictKind::untested;
  std::string reason;  ///< why, in a sentence or two
  /// Untested, and the claim has problems that can be measured on a device of its system.
  bool needs_measurement = false;
  Estimate measured;  ///< in the claim's unit
  Decision decision;  ///< the numbers by which `measured` was judged
  std::vector<Evidence> evidence;
};

/// A sentence about what a projection says of a claim; none where nothing projects it. It becomes
/// evidence that is listed and decides nothing.
using Projector = std::function<std::optional<std::string>(const Catalogue&, const Claim&)>;

/// Judges claims by records. Evaluates the catalogue's relations and arranges the records once, for
/// any number of questions. Same records and catalogue, same verdicts. Refers to the catalogue and
/// the records, which must outlive it; not to be used by two threads at once.
///
/// Measured evidence decides before arithmetic does, arithmetic before the lack of any: a claim is
/// `inconsistent` where a relation that names it is contradicted and nothing measured decides it.
/// A claim with an achievability below 1 is of a peak: it is judged against that share of it.
class Judge {
 public:
  Judge(const Catalogue& catalogue, std::span<const record::Record> records,
        Projector projector = {});
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  /// Of every claim of `set`, of all claims where it is empty. Throws InputError where there is no
  /// such set.
  std::vector<Verdict> verdicts(std::string_view set);
  /// Of claims outside `set` about the system of a device in the records; none where it is empty.
  std::vector<Verdict> verdicts_on_present_devices(std::string_view set);

  /// What audit() finds in the catalogue.
  const std::vector<Finding>& findings() const { return findings_; }
  EvidenceIndex& evidence() { return evidence_; }

 private:
  Verdict verdict(const Claim& claim);

  const Catalogue& catalogue_;
  Projector projector_;
  EvidenceIndex evidence_;
  std::vector<Finding> findings_;
  std::unordered_map<std::string, std::vector<const Finding*>> findings_by_claim_;
};

}  // namespace assay::results::claims
