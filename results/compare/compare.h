// Compares sets of records, problem by problem.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/compare/offer.h"
#include "results/compare/price.h"
#include "results/compare/unlike.h"
#include "results/compare/weights.h"
#include "results/record/environment_changes.h"
#include "results/record/record.h"
#include "results/statistics/ratio.h"
#include "results/trust/trust.h"

namespace assay::results::compare {

/// One of the compared sets of records.
struct Side {
  std::string name;    ///< as requested: "last", "0d9c1a6e@cuda:0", "theirs.json"
  std::string origin;  ///< in words: "run 0d9c1a6e of 2026-11-25, suite quick"
  std::vector<record::Record> records;
  std::optional<Price> price = {};  ///< of one device
  std::optional<Power> power =
      {};                  ///< of one device, as stated; absent: the measured energy counts
  std::string label = {};  ///< given by the user: "Acme"; empty: the letter stands for it
  std::optional<Offer> offer = {};                       ///< if it is a bundle
  std::map<std::string, std::string> environments = {};  ///< canonical JSON by SHA-256, if known
  bool is_published = false;  ///< a published system, of which nothing was measured
};
/// The name of a side in tables if none was given: "A", "B", …
std::string side_letter(std::size_t side);
/// Gives the sides their names, in order; no names leave the letters. Throws InputError if there
/// are more or fewer names than sides, or if one is used twice, is the letter of another side, is
/// longer than kLongestLabel bytes or has characters that could not stand in --price NAME=….
void name_sides(std::vector<Side>& sides, const std::vector<std::string>& names);
inline constexpr std::size_t kLongestLabel = 24;

struct CompareOptions {
  /// Only these divisions; if empty, all that are compared by default.
  std::vector<record::Division> divisions;
  /// Also compare modelled and imported records with measured ones. A modelled record, which has no
  /// division, is then compared with the best of each division.
  bool modelled = false;
  /// Also judge records whose figure may be off (busy machine, low clock, drift, …). Without it
  /// their ratio is shown and not judged.
  bool doubtful = false;
};

/// The origin of a figure: a modelled record stays modelled when it is imported.
record::Origin kind_of(const record::Record& record);

/// A measurement in processes of its own: its run and repetition, and the median time in seconds.
struct Process {
  std::string id;
  double median = 0;
  double tick = 0;  ///< half a tick of its clock, relative to the median
};

/// The best verified implementation of a side for a problem, division and mode. One whose figure
/// may be off is taken only if all others may be, too.
struct Contender {
  /// Of all processes the one with the median of the medians.
  const record::Record* record = nullptr;
  /// All processes in which the implementation was measured, by id. Doubtful records are left out
  /// where others are left.
  std::vector<Process> processes;
  std::size_t implementations = 1;  ///< number of verified ones among which it was chosen
  trust::Trust trust;
  /// The fastest one whose figure may be off, if it was faster than this one: then this one may not
  /// be the best, and no difference is told.
  const record::Record* overtaken_by = nullptr;
  trust::Trust overtaken_trust;
  std::vector<Unlike> mixed;  ///< in what its own processes are unlike
};

/// A problem that both sides solved, with operands equal bit for bit.
struct ComparedProblem {
  Contender baseline, other;
  statistics::Ratio speed;  ///< the baseline's median time over the other's
  statistics::Difference difference = statistics::Difference::none_shown;
  bool few_samples = false;  ///< too few for a 95% interval; then no difference is shown
  /// Why no difference is told, for example which record is doubtful: "A: other work took 41% …";
  /// empty if the row is judged.
  std::string not_judged;
  /// The reason is that a side has fewer than statistics::kFewestProcesses.
  bool few_processes = false;
  /// Work per joule, other / baseline. The interval is that of the two energies at their worst:
  /// a sensor's error is the same in all of its readings.
  std::optional<statistics::Ratio> per_watt;
  std::optional<statistics::Ratio> per_dollar;
  std::vector<Unlike> unlike;  ///< recorded settings, versions and details that differ

  const std::string& problem() const { return baseline.record->problem; }
  const std::string& operation() const { return baseline.record->operation; }
};

/// The figure that a record's operation is quoted by (record::figure_of): of a time, less is
/// better.
enum class Measure { time, byte_rate, flop_rate };
Measure measure_of(const record::Record& record);
/// "199 GFLOP/s", "33.1 GB/s", "45.9 GB/s busbw", "4.20 µs".
std::string speed_text(const record::Record& record);

/// Geometric mean over the problems of one operation, or over all.
struct Mean {
  std::string operation;  ///< empty: all
  std::size_t problems = 0;
  statistics::Ratio speed;
  statistics::Difference difference = statistics::Difference::none_shown;
  std::size_t not_judged = 0;  ///< number of problems that are not judged; then neither is the mean
  std::size_t problems_with_energy = 0;
  std::optional<statistics::Ratio> per_watt;
  std::optional<statistics::Ratio> per_dollar;
};

/// Problems of one division and mode; or, in SideComparison::best, those of all. No mean combines
/// measured and modelled records.
struct ComparedGroup {
  bool of_all = false;  ///< of all divisions and modes; then the next two have no meaning
  record::Division division = record::Division::unknown;
  record::Mode mode = record::Mode::cold;
  record::Origin kind =
      record::Origin::measured;  ///< the highest origin of both sides: measured, imported, modelled
  std::vector<ComparedProblem> rows;  ///< in the order of listings
  std::vector<Mean> means;            ///< by operation, then over all
  std::optional<Mean>
      judged;  ///< over the problems that are judged; absent if these are all or none
  std::optional<Score> score;  ///< only of a group of all
};

enum class LeftOutReason {
  no_partner,      ///< the other side has no verified result of this problem
  not_verified,    ///< wrong, suspicious, crashed, unsupported, …
  no_interval,     ///< fewer than two samples
  other_mode,      ///< cold on one side, hot on the other
  other_division,  ///< a different division, or the reference without a request for it
  other_origin,    ///< modelled or imported on one side, measured on the other
  other_device,    ///< the device has no partner on the other side
  other_operands,  ///< the bits of the inputs differ
  implausible,     ///< its times contradict each other
  suspect          ///< its times may be false, and nothing proves it
};
std::string_view name(LeftOutReason reason);
/// An explanation: "the other side has no verified result of it".
std::string_view meaning(LeftOutReason reason);

struct LeftOut {
  LeftOutReason reason = LeftOutReason::no_partner;
  bool of_baseline = true;
  const record::Record* record = nullptr;
  std::string detail;  ///< "wrong", "hot only", …
};

/// One side compared with the baseline.
struct SideComparison {
  std::size_t side = 1;  ///< index in CompareTable::sides
  /// The best implementation of each side whatever its division, by problem and mode; one group of
  /// each kind, measured ones first. The comparison's conclusion and scores rest on them.
  std::vector<ComparedGroup> best;
  std::vector<ComparedGroup> groups;  ///< by division and mode, if an answer for each is wanted
  std::vector<LeftOut> left_out;      ///< what is not in `best`
  /// How the environments of the sides' first measurements differ; absent if one is not known.
  std::optional<std::vector<record::EnvironmentChange>> environment;

  std::size_t rows() const;  ///< of the groups by division
};

struct CompareTable {
  std::vector<Side> sides;  ///< the first is the baseline
  std::vector<SideComparison> comparisons;
  bool modelled = false;  ///< modelled and imported records were allowed
  std::optional<Weights> weights;
};

/// The names of a comparison's two sides in tables.
struct Labels {
  std::string a, b;
};
const std::string& label_of(const CompareTable& table, std::size_t side);
Labels labels_of(const CompareTable& table, const SideComparison& comparison);

/// Compares every other side with the first. Devices are partners if each side has only one, or if
/// index and name are equal. The table contains the sides, and its rows point into them: it can be
/// moved but must not be copied. Throws InputError if there are fewer than two sides or if two of
/// them have the same records.
CompareTable compare(std::vector<Side> sides, const CompareOptions& options);
/// Adds a score to each group of `best` that has a problem with a weight. Throws InputError if two
/// entries match one problem.
void add_scores(CompareTable& table, Weights weights);

/// The contents of each side, for the error if the sides have nothing in common.
std::string contents_text(const CompareTable& table);

enum class Sort { problem, ratio, difference };
/// Rows in the requested order (`ratio`: largest gain of the other side first; `difference`:
/// interval farthest from 1 first), optionally only those that show a difference.
std::vector<const ComparedProblem*> sorted_rows(const ComparedGroup& group, Sort sort,
                                                bool only_different);

}  // namespace assay::results::compare
