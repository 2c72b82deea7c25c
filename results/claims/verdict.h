// Claims held against evidence: what is claimed, what speaks to it, and what follows.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/record/record.h"

namespace assay::results::claims {

enum class VerdictKind { supported, refuted, inconclusive, inconsistent, untested, untestable };
std::string_view name(VerdictKind kind);

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
  Estimate measured;   ///< in the claim's unit
  std::vector<Evidence> evidence;
};

/// The last value that meets a claim: claimed * (1 - tolerance), or (1 + tolerance) for `at_most`.
double limit(double claimed, double tolerance, Comparison sense);
/// Of a claim, in its own unit; of a peak, of the share that counts as reaching it.
double limit(const Claim& claim);

/// Decision with a guard band (JCGM 106): supported where the whole interval meets the limit,
/// refuted where none of it does. `sense` is at_least or at_most.
VerdictKind decide(const statistics::Interval& measured, double claimed, double tolerance,
                   Comparison sense = Comparison::at_least);

/// A sentence about what a projection says of a claim; none where nothing projects it. It becomes
/// evidence that is listed and decides nothing.
using Projector = std::function<std::optional<std::string>(const Catalogue&, const Claim&)>;

/// Judges every claim of `set` (all where empty) from these records. Same records and catalogue,
/// same verdicts. Throws InputError where there is no such set.
///
/// Measured evidence decides before arithmetic does, arithmetic before the lack of any: a claim is
/// `inconsistent` where a relation that names it is contradicted and nothing measured decides it.
/// A claim with an achievability below 1 is of a peak: it is judged against that share of it.
std::vector<Verdict> judge(const Catalogue& catalogue, std::string_view set,
                           std::span<const record::Record> records,
                           const Projector& projector = {});

/// The same for claims outside `set` whose system one of the records' devices is.
std::vector<Verdict> judge_present_devices(const Catalogue& catalogue, std::string_view set,
                                           std::span<const record::Record> records,
                                           const Projector& projector = {});

}  // namespace assay::results::claims
