// What a reader is told first about judged claims. The terminal and the report differ from each
// other only in the layout of this.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/claims/contest.h"
#include "results/claims/verdict.h"
#include "results/record/record.h"

namespace assay::results::claims {

/// The records by which claims were judged.
struct Basis {
  std::string origin;             ///< "judged by 31 records of run 0d9c1a6e of 2026-11-25"
  std::vector<std::string> runs;  ///< ids of the runs of the records, the newest first
  std::size_t records = 0;
  std::size_t modelled = 0;  ///< these are listed but decide nothing
  std::size_t evidence = 0;  ///< verified measurements, which can decide a claim
  /// Of the evidence: what must not refute a claim; what other work disturbed; and what was
  /// measured without watching for other work.
  std::size_t doubtful = 0, busy = 0, unwatched = 0;
};
/// Counts the records.
void count(std::span<const record::Record> records, Basis& basis);
/// Whether the evidence can be trusted: "all of it settled on a quiet machine".
std::string trust_text(const Basis& basis);

/// The metrics of a group that have one outcome.
struct MetricGroup {
  std::string outcome;               ///< "ahead", "behind", "level", "not separated"
  std::string group;                 ///< "whole system", "in serving"
  std::vector<std::string> metrics;  ///< "1.7× bf16 peak", the first system divided by the second
};

/// A comparison in short.
struct ContestDigest {
  std::string sides;  ///< "CloudMatrix 384 against GB200 NVL72"
  /// `level`: also those that are not separated.
  std::size_t ahead = 0, behind = 0, level = 0, compared = 0;
  std::vector<MetricGroup> groups;
  std::vector<std::string> open;  ///< names of the metrics without comparable figures
  /// "against today's GB300 NVL72: ahead in 5, behind in 4 of 10 metrics"; empty if the comparison
  /// names no rival of today.
  std::string today;
};
ContestDigest digest(const ContestTable& table);

/// The answer in a few words: "corroborated: 2 sources", "ahead in 6 of 12 metrics".
std::string answer_text(const Verdict& verdict, const ContestTable* contest);

/// What stands behind a verdict, the strongest first: who agrees or contradicts with the
/// arithmetic, or why nothing can decide; then measured, published and calculated evidence. Nothing
/// is repeated.
std::vector<std::string> strongest_evidence(const Verdict& verdict, bool compared);

/// A claim of the judged text with its answer. Refers to the catalogue and the verdicts.
struct Statement {
  const Claim* claim = nullptr;
  const Verdict* verdict = nullptr;
  std::string said;    ///< the source's own words in quotation marks, or else our sentence
  std::string answer;  ///< answer_text()
  std::vector<std::string> evidence;
  const ContestTable* contest = nullptr;  ///< that answers it; null if there is none
};

/// Claims of one kind of verdict that have the same reason.
struct ReasonDigest {
  std::vector<const Claim*> claims;
  std::string detail;  ///< the arithmetic of a dispute, or the reason of another verdict
  /// Of a dispute: the figures against it, "ascend910c:peak.bf16 = 752 TFLOP/s (paper, Huawei)".
  std::vector<std::string> by;
};

/// The claims of one kind of verdict.
struct KindDigest {
  VerdictKind kind = VerdictKind::untested;
  std::size_t number = 0;
  /// The largest contradiction first; empty where the number says enough.
  std::vector<ReasonDigest> listed;
};

struct Digest {
  std::string title;     ///< of the set
  std::string decision;  ///< one sentence
  std::string text;      ///< what the statements are from: "the op-ed"
  std::vector<Statement> statements;
  std::string further;            ///< "56 further claims: 6 disputed, 50 untested"
  std::vector<KindDigest> kinds;  ///< of the further claims
  bool measured = false;          ///< whether something was measured for one of the claims
};

/// `set`: id, or empty for all claims. `verdicts` are on its claims, `present` on other claims
/// about the measured devices. Refers to all arguments.
Digest digest(const Catalogue& catalogue, std::string_view set, std::span<const Verdict> verdicts,
              std::span<const Verdict> present, std::span<const ContestTable> contests);

/// "70 claims: 9 corroborated, 6 disputed, …". `what`: "claim", "further claim".
std::string counts_text(std::span<const Verdict> verdicts, std::string_view what = "claim");

}  // namespace assay::results::claims
