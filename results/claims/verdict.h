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

/// Kinds of evidence about a claim, never mixed. Modelled and projected evidence and statements of
/// other texts (published) are listed and decide nothing.
enum class EvidenceKind { measured, published, audited, projected, modelled };
std::string_view name(EvidenceKind kind);

struct Evidence {
  EvidenceKind kind = EvidenceKind::measured;
  std::string text;                  ///< one sentence with its numbers
  std::vector<std::string> records;  ///< ids of the records used; empty for arithmetic
  std::string device;
  std::string date;  ///< of the newest record used, ISO 8601
};

/// A figure with its 95% interval, in the unit of the claim; `known` is false if there is none.
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
  Decision decision;  ///< the numbers of the decision about `measured`
  /// What stands behind a claim that no measurement decided: "384 (specification, Huawei)".
  std::vector<std::string> corroborated_by;
  std::vector<std::string> disputed_by;
  std::string contradiction;  ///< the arithmetic of the dispute
  double gap = 0;             ///< its relative size; 0 if there is no dispute
  trust::Trust trust;         ///< of the measurements used; with a doubt they must not refute it
  std::vector<Evidence> evidence;
};

/// Gives a sentence with the projected value of a claim; absent if the claim cannot be projected.
/// It becomes evidence that is listed and decides nothing.
using Projector = std::function<std::optional<std::string>(const Catalogue&, const Claim&)>;

/// Judges claims by records. `told` names the systems of devices that may be several (Recognition).
/// Evaluates the relations of the catalogue and indexes the records once. The same records and
/// catalogue always give the same verdicts. Refers to the catalogue and the records, which must
/// outlive it. Not thread-safe.
///
/// Measured evidence takes precedence over published figures: only if no measurement decides a
/// claim it is disputed by figures of equal or better standing or corroborated by independent ones.
/// A claimed peak is compared with the share of it that its chip is known to reach.
class Judge {
 public:
  Judge(const Catalogue& catalogue, std::span<const record::Record> records,
        Projector projector = {}, std::vector<std::string> told = {});
  /// It refers to the catalogue, which must outlive it.
  Judge(const Catalogue&& catalogue, std::span<const record::Record> records,
        Projector projector = {}, std::vector<std::string> told = {}) = delete;
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  Verdict verdict(const Claim& claim);
  /// The verdicts on every claim of `set`, or on all claims if it is empty. Throws InputError if
  /// there is no such set.
  std::vector<Verdict> verdicts(std::string_view set);
  /// The verdicts on entries of `set` that nobody stated: readings and calculations.
  std::vector<Verdict> derived(std::string_view set);
  /// The verdicts on claims about systems of devices in the records, without those of `set`.
  std::vector<Verdict> verdicts_on_present_devices(std::string_view set = {});

  /// The findings of audit() in the catalogue.
  const std::vector<Finding>& findings() const { return findings_; }
  EvidenceIndex& evidence() { return evidence_; }

 private:
  const Catalogue& catalogue_;
  Projector projector_;
  EvidenceIndex evidence_;
  std::vector<Finding> findings_;
  std::unordered_map<std::string, std::vector<const Finding*>> findings_by_claim_;
  std::unordered_map<std::string, std::vector<const Claim*>> claims_by_quantity_;
};

}  // namespace assay::results::claims
