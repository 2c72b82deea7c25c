// The catalogue of systems, claims and the relations between them, as TOML files state it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/error.h"
#include "results/claims/units.h"
#include "results/statistics/statistics.h"

namespace assay::results::claims {

struct Source {
  std::string title, url, section, date;
};

/// How a figure came to be published. `unverified`: remembered, its source not re-read.
enum class Standing { specification, paper, press, measured_by_others, unverified };
std::string_view name(Standing standing);

/// A published figure: value in SI base units of its dimension (FLOP/s, B/s, B, W, Hz, 1).
struct Property {
  double value = 0;
  /// What the published digits leave open: half a unit of the last one either way, or the stated
  /// uncertainty; a plain count is exact.
  statistics::Interval range;
  std::string unit;    ///< as written: "PFLOP/s"
  double written = 0;  ///< the value in that unit
  Dimension dimension;
  Standing standing = Standing::specification;
  Source source;
  std::string source_key;  ///< what its file calls the source
  std::string scope;  ///< of a power or price: "die", "chip", "board", "node", "rack", "system"
  std::string note;
};

/// A machine as published (a die, a chip, a node, a whole supernode) or a workload.
struct System {
  std::string id, name, vendor, kind;  ///< kind: see system_kinds(), or "workload"
  /// By quantity ("peak.bf16", "memory.bandwidth"): what was published of it, the preferred first.
  std::map<std::string, std::vector<Property>> properties;
  std::map<std::string, int> parts;  ///< direct parts: system id and how many of it
  /// Patterns (ECMAScript regular expressions) over a device's name and properties that recognise
  /// it as this system; empty where no single device can be it.
  std::map<std::string, std::string> match;

  /// The preferred figure; null where none is published.
  const Property* figure(std::string_view quantity) const;
};
/// From the smallest to the largest: "die", "chip", … "supernode"; and "cpu".
const std::vector<std::string>& system_kinds();

/// What measurement decides a claim: the statistic is an expression over rates of Problems.
struct Test {
  /// name -> problem text with some fields fixed ("fma type=bf16"): every Problem of that operation
  /// that agrees in those fields speaks to the claim, the fastest verified one for it.
  std::map<std::string, std::string> problems;
  std::string quantity;      ///< expression over those names: "rate.flop(a) / rate.flop(b)"
  double achievability = 1;  ///< share of a peak that counts as reaching it; below 1 marks a peak
  std::string achievability_source;
  std::vector<std::string> run;  ///< complete problem texts that would decide the claim
};

enum class Comparison { equal, at_least, at_most };
std::string_view name(Comparison comparison);

struct Claim {
  std::string id, statement;
  std::vector<std::string> sets;  ///< "waic-2025"
  std::string system;             ///< id; empty for statements about none
  std::string workload;           ///< id; empty where none is named
  /// "peak.bf16" of the system, or an expression over figures ("a:power / b:power"); empty where
  /// the text names none: untestable.
  std::string quantity;
  std::optional<Property> value;
  Comparison comparison = Comparison::equal;      ///< of the quantity to the value
  double tolerance = 0;                           ///< relative
  std::map<std::string, std::string> conditions;  ///< "type", "batch", "tpot", "note" …
  Standing standing = Standing::press;
  Source source;
  std::string untestable;  ///< why no measurement could decide it
  std::string decide;      ///< in words, what would decide a claim that has no `test` yet
  std::optional<Test> test;
};

/// The conditions in a line: "type i8; TPOT 50 ms; 4K prompts".
std::string conditions_text(const Claim& claim);

/// An equation or inequality between published figures that must hold if all are true.
struct Relation {
  std::string id, statement;
  /// Expressions over "system-id:property", "claim:id" (a claim's value) and `constants`; spaces
  /// around operators, since names hold hyphens. "…@key" asks for the figure of that source.
  std::string left, right;
  Comparison comparison = Comparison::equal;  ///< of left to right
  double tolerance = 0;                       ///< relative
  std::map<std::string, Property> constants;
  std::vector<std::string> claims;  ///< ids that it speaks to
  std::string note;                 ///< what a contradiction may mean, beyond the readings
};

/// A relation stated once for every system, part or claim that it fits. Names in its expressions
/// begin with a role; {X} stands for part of a quantity's name: one word, or several where X is Q.
struct Rule {
  /// What it ranges over and the roles that binds: systems (`self`), parts at any depth (`self`,
  /// `part`, `count`), claims (`self`, `work`, `claim`), pairs of figures published of one quantity
  /// of one system (`a`, `b`).
  enum class Over { systems, parts, claims, pairs };
  std::string id, statement;
  Over over = Over::systems;
  std::string left, right;
  Comparison comparison = Comparison::equal;
  double tolerance = 0;
  std::vector<std::string> quantities;  ///< what {Q}, or a claim's quantity, may be: "peak.*"
  std::string self_kind, part_kind;     ///< empty: any
  bool one_source = false;              ///< the left side's figures are taken of one source
  std::map<std::string, Property> constants;
  std::string note;  ///< what a contradiction may mean, beyond the readings
};

/// A way in which figures come to be misread. It would reconcile a contradiction whose ratio is
/// `factor` or its inverse, or lies `between` or the inverse.
struct Reading {
  std::string id, statement;
  std::optional<double> factor;
  std::optional<statistics::Interval> between;
  std::optional<Dimension> dimension;  ///< of the two sides; empty: any
};

/// What systems are compared by.
struct Metric {
  std::string id, name;
  std::string quantity;  ///< expression over "self:quantity"
  std::string unit;      ///< to show it in
  bool less_is_better = false;
  std::string group;     ///< "system", "chip", "watt", "rack"
  std::string measured;  ///< problem pattern whose best verified rate measures it; empty: none
};

/// Systems set against one another, because a text does it.
struct Contest {
  std::string id, title;
  std::string claim;                 ///< id of the claim that it answers; may be empty
  std::vector<std::string> systems;  ///< the first against the second; further ones for context
  std::vector<std::string> metrics;  ///< ids; empty: all
};

/// Claims judged together, because one text made them or one machine is their subject.
struct ClaimSet {
  std::string id, title;
};

struct Catalogue {
  std::map<std::string, ClaimSet> sets;
  std::map<std::string, System> systems, workloads;
  std::vector<Claim> claims;
  std::vector<Relation> relations;
  std::vector<Rule> rules;
  std::vector<Reading> readings;
  std::vector<Metric> metrics;
  std::vector<Contest> contests;
  std::string sha256;  ///< of all files, in order of name
};

/// The catalogue built into the program.
Catalogue built_in_catalogue();
/// The same from TOML files of one's own. Throws InputError naming file, line and key.
Catalogue load_catalogue(const std::vector<std::filesystem::path>& files);
/// The built-in files and further ones together.
Catalogue extended_catalogue(const std::vector<std::filesystem::path>& files);

/// A catalogue without the entries that cannot be used, and why each of them cannot.
struct CheckedCatalogue {
  Catalogue catalogue;
  std::vector<InputError> errors;
};
CheckedCatalogue check_catalogue(const std::vector<std::filesystem::path>& files);

/// A commented file to begin one's own claims from; it loads as it is.
std::string_view claims_template();

/// Which side of its value meets a claim: what it says, else more of a rate and less of a time.
Comparison sense(const Claim& claim);

/// A claim, system or set by its id. Throws InputError with the nearest id, and for sets the list.
const Claim& find_claim(const Catalogue& catalogue, std::string_view id);
const System& find_system(const Catalogue& catalogue, std::string_view id);
const ClaimSet& find_set(const Catalogue& catalogue, std::string_view id);
const Contest& find_contest(const Catalogue& catalogue, std::string_view id);

}  // namespace assay::results::claims
