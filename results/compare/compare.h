// Two sets of records held against one another, problem by problem.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/compare/price.h"
#include "results/compare/weights.h"
#include "results/record/record.h"
#include "results/statistics/ratio.h"

namespace assay::results::compare {

/// What is compared: records under a name, wherever they come from.
struct Side {
  std::string name;    ///< as it was asked for: "last", "0d9c1a6e@cuda:0", "theirs.json"
  std::string origin;  ///< in words: "run 0d9c1a6e of 2026-11-25, suite quick"
  std::vector<record::Record> records;
  std::optional<Price> price;  ///< of one device
};
/// "A", "B", …: how tables call the sides.
std::string side_letter(std::size_t side);

struct CompareOptions {
  /// Only these; empty: all that rank unasked.
  std::vector<record::Division> divisions;
  /// Modelled and imported records may be held against measured ones; a model, which is of no
  /// division, then against the best of each.
  bool modelled = false;
  bool throttled = false;  ///< records with launches at a low clock count
};

/// What a figure rests on: a model stays one when it is imported.
record::Origin kind_of(const record::Record& record);

/// The best verified record of a side for a problem in a division and mode, by the newest of each
/// implementation.
struct Contender {
  const record::Record* record = nullptr;
  std::size_t implementations = 1;  ///< verified ones that it was chosen from
};

/// A problem that both sides solved, with operands equal bit for bit.
struct ComparedProblem {
  Contender baseline, other;
  statistics::Ratio speed;  ///< the baseline's median time over the other's
  statistics::Difference difference = statistics::Difference::none_shown;
  bool few_samples = false;        ///< for an interval of 95%: then no difference is shown
  std::optional<double> per_watt;  ///< work a joule, other over baseline; its error is not known
  std::optional<statistics::Ratio> per_dollar;

  const std::string& problem() const { return baseline.record->problem; }
  const std::string& operation() const { return baseline.record->operation; }
};

/// What is told of a record's speed: launches have a time alone, of which less is better; what does
/// little arithmetic a byte has its traffic; the rest its arithmetic.
enum class Measure { time, byte_rate, flop_rate };
Measure measure_of(const record::Record& record);
/// "199 GFLOP/s", "33.1 GB/s", "4.20 µs".
std::string speed_text(const record::Record& record);
/// The ratio of what speed_text() tells, other over baseline: of times the inverse of the speed.
statistics::Ratio told_ratio(const ComparedProblem& row);

/// Over the problems of an operation, or of all of them.
struct Mean {
  std::string operation;  ///< empty: all
  std::size_t problems = 0;
  statistics::Ratio speed;
  statistics::Difference difference = statistics::Difference::none_shown;
  std::size_t problems_with_energy = 0;
  std::optional<double> per_watt;
  std::optional<statistics::Ratio> per_dollar;
};

/// Like is compared with like: within one division and mode, and no mean is of measurements and of
/// models.
struct ComparedGroup {
  record::Division division = record::Division::unknown;
  record::Mode mode = record::Mode::cold;
  record::Origin kind = record::Origin::measured;  ///< of the less real side
  std::vector<ComparedProblem> rows;               ///< in the order of listings
  std::vector<Mean> means;                         ///< by operation, then over all
  std::optional<Score> score;
};

enum class LeftOutReason {
  no_partner,      ///< the other side has nothing verified of this problem
  not_verified,    ///< wrong, suspicious, crashed, unsupported, …
  no_interval,     ///< fewer than two samples
  throttled,       ///< launches at a low clock count
  other_mode,      ///< cold against hot
  other_division,  ///< library against portable, or the reference unasked
  other_origin,    ///< modelled or imported against measured
  other_device,    ///< on a device that has no partner
  other_operands   ///< the inputs' bits differ
};
std::string_view name(LeftOutReason reason);
/// A sentence's worth: "the other side has nothing verified of it".
std::string_view meaning(LeftOutReason reason);

struct LeftOut {
  LeftOutReason reason = LeftOutReason::no_partner;
  bool of_baseline = true;
  const record::Record* record = nullptr;
  std::string detail;  ///< "wrong", "hot only", …
};

/// One side against the baseline.
struct SideComparison {
  std::size_t side = 1;  ///< which
  std::vector<ComparedGroup> groups;
  std::vector<LeftOut> left_out;

  std::size_t rows() const;
};

struct CompareTable {
  std::vector<Side> sides;  ///< the first is the baseline
  std::vector<SideComparison> comparisons;
  bool modelled = false;  ///< modelled and imported records were allowed
  std::optional<Weights> weights;
};

/// Compares each further side with the first. Devices are partners where each side has one alone,
/// or where index and name are equal. The table holds the sides, and its rows point into them: it
/// may be moved but not copied. Throws InputError where there are fewer than two sides or two of
/// them are the same records.
CompareTable compare(std::vector<Side> sides, const CompareOptions& options);
/// Adds a score to each group for which the weights name a problem. Throws InputError at a problem
/// that two entries name.
void add_scores(CompareTable& table, Weights weights);

/// What each side holds, for the error where nothing is in common.
std::string contents_text(const CompareTable& table);

enum class Sort { problem, ratio, difference };
/// Rows in another order (`ratio`: where the other side gains most first; `difference`: the
/// interval farthest from 1 first), or only those in which a difference is shown.
std::vector<const ComparedProblem*> arranged(const ComparedGroup& group, Sort sort,
                                             bool only_different);

}  // namespace assay::results::compare
