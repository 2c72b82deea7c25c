// The catalogue of systems, claims and relations between them, read from TOML files.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kernels/error.h"
#include "results/claims/source.h"
#include "results/claims/units.h"
#include "results/claims/value.h"
#include "results/record/enums.h"
#include "results/statistics/statistics.h"

namespace assay::results::claims {

/// A published figure: value in SI base units of its dimension (FLOP/s, B/s, B, W, Hz, 1).
struct Property {
  double value = 0;
  /// The values that agree with the published digits: plus or minus half a unit of the last digit,
  /// or the stated uncertainty; a plain count is exact.
  statistics::Interval range;
  /// The two ends of a published range such as 1.5–1.96×, whose middle is `value`; absent
  /// otherwise.
  std::optional<statistics::Interval> ends;
  Comparison bound = Comparison::equal;  ///< "more than", "at most" in the text of the value
  bool maximum = false;                  ///< "up to": the best of several cases
  bool reduction = false;  ///< written as "-30 %": the smaller ratio is the better one
  std::string text;        ///< as written, if it is more than a number and a unit
  std::string unit;        ///< as written: "PFLOP/s"
  double written = 0;      ///< the value in that unit
  Dimension dimension;
  Standing standing = Standing::specification;
  Source source;
  std::string source_key;  ///< key of the source in its file
  std::string scope;  ///< of a power or price: "die", "chip", "board", "node", "rack", "system"
  std::string note;
};

/// A machine as published (a die, a chip, a node, a whole supernode) or a workload.
struct System {
  std::string id, name, vendor, kind;  ///< kind: see system_kinds(), or "workload"
  std::string file;                    ///< in which it is defined
  /// By quantity ("peak.bf16", "memory.bandwidth"): the published figures, the preferred one first.
  std::map<std::string, std::vector<Property>> properties;
  std::map<std::string, int> parts;  ///< direct parts: system id and number
  /// ECMAScript regular expressions for the name and properties of a device that is this system;
  /// empty if no single device can be this system.
  std::map<std::string, std::string> match;

  /// The preferred figure; null if none is published.
  const Property* figure(std::string_view quantity) const;
};
/// From the smallest to the largest: "die", "chip", … "supernode"; and "cpu".
const std::vector<std::string>& system_kinds();

/// The measurement that decides a claim: an expression of rates and times of problems.
struct Test {
  /// name -> problem text with some fields ("fma type=bf16"): every problem of that operation with
  /// these field values counts; the fastest verified result is used.
  std::map<std::string, std::string> problems;
  std::string quantity;          ///< expression of those names: "rate.flop(a) / rate.flop(b)"
  std::vector<std::string> run;  ///< complete problem texts that would decide the claim
  /// The problems are the very case in which the source reaches its "up to"; otherwise a slower
  /// result does not contradict such a claim.
  bool same_case = false;
  /// The source says that the claimed peak holds for the type of these problems too.
  bool other_type = false;
  /// How launches are made, if the catalogue says so; see mode_of() in test_mode.h.
  std::optional<record::Mode> mode;
};

/// The share of a published peak that a chip is known to reach in one kind of problem. Without it,
/// a measurement below a claimed peak says nothing about the chip.
struct Share {
  std::string id;        ///< "h100-sxm/peak.bf16/matmul"
  std::string system;    ///< id
  std::string quantity;  ///< "peak.bf16", "memory.bandwidth"
  std::string problem;   ///< pattern: "matmul a=bf16 b=bf16"
  /// Shares of the published peak: what good measurements of large problems reached, from the
  /// lowest to the highest.
  statistics::Interval range;
  Property best;               ///< the best published rate, with its source and standing
  std::string implementation;  ///< what reached it: "cuBLAS 12.4 through PyTorch 2.4"
  std::string note;
};

/// A statement of a source that a reader of the claim should know and that no rule computes.
struct Context {
  std::string text;
  Source source;
  Standing standing = Standing::press;
};

struct Claim {
  std::string id;
  std::string file;       ///< in which it stands
  std::string statement;  ///< what is claimed, in a sentence of this catalogue
  std::string quote;      ///< the source's own words or its row of a table
  /// How the figure follows from the source, if nobody stated it: a reading or a calculation. Such
  /// entries stand in contests and audits and are not counted among the claims.
  std::string derived;
  std::vector<std::string> sets;  ///< "waic-2025"
  std::string system;             ///< id; empty if the statement is not about a system
  std::string workload;           ///< id; empty if none is named
  /// What a ratio compares with: the id of a system, or "unnamed" if the source does not say. Empty
  /// if the claim is not about such a ratio.
  std::string baseline;
  /// "peak.bf16" of the system, or an expression of figures ("a:power / b:power"); empty for an
  /// untestable claim.
  std::string quantity;
  std::optional<Property> value;
  Comparison comparison = Comparison::equal;  ///< between the quantity and the value
  double tolerance = 0;                       ///< relative
  /// "type", "model", "batch", "tpot", "note" …: see condition_keys().
  std::map<std::string, std::string> conditions;
  Standing standing = Standing::press;
  Source source;
  std::string source_key;  ///< key of the source in its file
  std::string untestable;  ///< why no measurement can decide it
  std::string decide;      ///< what would decide a claim without a `test`, in words
  std::optional<Test> test;
  std::vector<Context> context;
};

/// A figure for display: in the words of its source if they say more than a number and a unit.
std::string shown(const Property& property);

/// The keys that conditions may have.
const std::vector<std::string>& condition_keys();
/// The conditions in one line: "type i8; TPOT 50 ms; 4K prompts".
std::string conditions_text(const Claim& claim);

/// An equation or inequality that holds if all published figures in it are true.
struct Relation {
  std::string id, statement;
  /// Expressions of "system-id:property", "claim:id" (a claim's value) and `constants`. Operators
  /// need spaces around them, since names contain hyphens. "…@key" is the figure of that source.
  std::string left, right;
  Comparison comparison = Comparison::equal;  ///< between left and right
  double tolerance = 0;                       ///< relative
  std::map<std::string, Property> constants;
  std::vector<std::string> claims;  ///< ids of the claims it tests
  std::string note;                 ///< what a contradiction may mean, in addition to the readings
};

/// A relation stated once for every system, part or claim to which it applies. Names in its
/// expressions begin with a role. {X} is a variable for one word of a quantity's name, {Q} for one
/// or more words.
struct Rule {
  /// What the rule applies to, and the roles that this defines: systems (`self`), each part at any
  /// depth (`self`, `part`, `count`), all parts together (the same; the left side is added up over
  /// the parts), claims (`self`, `work`, `claim`, and `serving`, the number of systems that serve
  /// together), pairs of figures published for one quantity of one system (`a`, `b`).
  enum class Over { systems, parts, whole, claims, pairs };
  std::string id, statement;
  Over over = Over::systems;
  std::string left, right;
  Comparison comparison = Comparison::equal;
  double tolerance = 0;
  std::vector<std::string>
      quantities;                    ///< allowed values of {Q} or of the claim's quantity: "peak.*"
  std::string self_kind, part_kind;  ///< empty: any
  bool one_source = false;           ///< all figures of the left side must be of one source
  /// Values that a variable may only have, and those that it may not have.
  std::map<std::string, std::vector<std::string>> only, except;
  /// What the conditions of a claim must say; an empty text: they must not say it.
  std::map<std::string, std::string> conditions;
  std::map<std::string, Property> constants;
  std::string note;  ///< what a contradiction may mean, beyond the readings
};

/// A common misreading of figures. It explains a contradiction if the ratio of the two sides, or
/// its inverse, is `factor` or lies within `between`.
struct Reading {
  std::string id, statement;
  std::optional<double> factor;
  std::optional<statistics::Interval> between;
  std::optional<Dimension> dimension;   ///< of the two sides; any if absent
  std::vector<std::string> quantities;  ///< one of the figures is of such a quantity; empty: any
  std::vector<std::string> kinds;       ///< every system compared is of such a kind; empty: any
  /// Ids of the rules that it explains; empty: every rule that no reading names.
  std::vector<std::string> rules;
  std::string part_kind;  ///< a system compared is of this kind or has such parts; empty: any
};

/// A figure by which systems are compared.
struct Metric {
  std::string id, name;
  std::string quantity;  ///< expression of "self:quantity"
  std::string unit;      ///< for display
  bool less_is_better = false;
  std::string group;  ///< "system", "chip", "watt", "rack"
  std::string
      measured;  ///< pattern of the problems whose best verified rate measures it; may be empty
};

/// A comparison of systems that a published text makes.
struct Contest {
  std::string id, title;
  std::string claim;                 ///< id of the claim that it answers; may be empty
  std::vector<std::string> systems;  ///< the first is compared with the second; others for context
  std::string
      today;  ///< the rival of today, if the second is that of the claim's date; may be empty
  std::vector<std::string> metrics;  ///< ids; all if empty
};

/// Claims judged together because they come from one text or are about one machine.
struct ClaimSet {
  std::string id, title;
  std::string text;                ///< what the first claims are from: "the op-ed"
  std::vector<std::string> first;  ///< ids of the claims that are shown first, in this order
};

struct Catalogue {
  std::map<std::string, ClaimSet> sets;
  std::map<std::string, System> systems, workloads;
  std::vector<Claim> claims;
  std::vector<Share> shares;
  std::vector<Relation> relations;
  std::vector<Rule> rules;
  std::vector<Reading> readings;
  std::vector<Metric> metrics;
  std::vector<Contest> contests;
  std::string sha256;  ///< of all files, in the order of their names
  /// Of the claims, by id, so that find_claim() is quick among many; it also finds those that are
  /// not in here.
  std::unordered_map<std::string, std::size_t> claim_places;
};

/// The catalogue built into the program.
Catalogue built_in_catalogue();
/// A catalogue of these TOML files only. Throws InputError that names file, line and key.
Catalogue load_catalogue(const std::vector<std::filesystem::path>& files);
/// A catalogue of the built-in files and these. A claim of these files must be complete: see
/// lacks() in catalogue_lint.h.
Catalogue extended_catalogue(const std::vector<std::filesystem::path>& files);

/// A catalogue without the entries that cannot be used, and the error of each such entry.
struct CheckedCatalogue {
  Catalogue catalogue;
  std::vector<InputError> errors;
};
CheckedCatalogue check_catalogue(const std::vector<std::filesystem::path>& files);

/// A commented example file to start from; it can be loaded unchanged.
std::string_view claims_template();

/// Whether larger or smaller values meet a claim: as the claim says; if it says `equal`, at_most
/// for what is better if it is less (times, energy, prices, a reduction) and at_least for
/// everything else.
Comparison sense(const Claim& claim);

/// The share that a system is known to reach of a claimed peak in the problems of the claim's test;
/// null if none is known or the claim is not about a peak.
const Share* find_share(const Catalogue& catalogue, const Claim& claim);
/// Whether the claim is about a peak: a rate that no problem reaches completely.
bool is_peak(const Claim& claim);

/// A claim, system, set or contest by its id. Throws InputError with the most similar id, and for
/// sets with the list.
const Claim& find_claim(const Catalogue& catalogue, std::string_view id);
const System& find_system(const Catalogue& catalogue, std::string_view id);
const ClaimSet& find_set(const Catalogue& catalogue, std::string_view id);
const Contest& find_contest(const Catalogue& catalogue, std::string_view id);

}  // namespace assay::results::claims
