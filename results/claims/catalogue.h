// The catalogue of systems, claims and the relations between them, as TOML files state it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::results {

struct Source {
  std::string title, url, section, date;
};

/// How a figure came to be published. `unverified`: remembered, its source not re-read.
enum class Standing { specification, paper, press, measured_by_others, unverified };
std::string_view name(Standing standing);

/// A figure of a System: value in SI base units of its dimension (FLOP/s, B/s, B, W, Hz, 1).
struct Property {
  double value = 0;
  std::string unit;    ///< as written: "PFLOP/s"
  double written = 0;  ///< the value in that unit
  Standing standing = Standing::specification;
  Source source;
  std::string note;
};

/// A machine as published: a chip, a node, a whole supernode.
struct System {
  std::string id, name, vendor, kind;  ///< kind: "cpu", "chip", "node", "supernode"
  std::map<std::string, Property>
      properties;  ///< "peak.bf16", "memory.bandwidth", "power", "chips"
  /// Patterns (ECMAScript regular expressions) over a device's name and properties that recognise
  /// it as this system; empty where no single device can be it.
  std::map<std::string, std::string> match;
};

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

struct Claim {
  std::string id, statement;
  std::vector<std::string> sets;  ///< "waic-2025"
  std::string system;             ///< id; empty for statements about none
  std::string quantity;           ///< "peak.bf16"; empty where the text names none: untestable
  std::optional<Property> value;
  double tolerance = 0;  ///< relative
  std::string conditions;
  Standing standing = Standing::press;
  Source source;
  std::string untestable;  ///< why no measurement could decide it
  std::string decide;      ///< in words, what would decide a claim that has no `test` yet
  std::optional<Test> test;
};

enum class Comparison { equal, at_least, at_most };
std::string_view name(Comparison comparison);

/// An equation or inequality between published figures that must hold if all are true.
struct Relation {
  std::string id, statement;
  /// Expressions over "system-id:property", "claim:id" (a claim's value) and `constants`; spaces
  /// around operators, since names hold hyphens.
  std::string left, right;
  Comparison comparison = Comparison::equal;  ///< of left to right
  double tolerance = 0;                       ///< relative
  std::map<std::string, Property> constants;
  std::vector<std::string> claims;  ///< ids that it speaks to
  std::string reconcile;            ///< what would make both true
};

/// Claims judged together, because one text made them or one machine is their subject.
struct ClaimSet {
  std::string id, title;
};

struct Catalogue {
  std::map<std::string, ClaimSet> sets;
  std::map<std::string, System> systems;
  std::vector<Claim> claims;
  std::vector<Relation> relations;
  std::string sha256;  ///< of all files, in order of name
};

/// The catalogue built into the program.
Catalogue built_in_catalogue();
/// The same from TOML files of one's own. Throws InputError naming file, line and key.
Catalogue load_catalogue(const std::vector<std::filesystem::path>& files);
/// The built-in files and further ones together.
Catalogue extended_catalogue(const std::vector<std::filesystem::path>& files);

/// A claim, system or set by its id. Throws InputError with the nearest id, and for sets the list.
const Claim& find_claim(const Catalogue& catalogue, std::string_view id);
const System& find_system(const Catalogue& catalogue, std::string_view id);
const ClaimSet& find_set(const Catalogue& catalogue, std::string_view id);
/// A figure that a relation names: "system-id:property", "claim:id" or one of its constants.
/// Throws InputError with the nearest name.
const Property& find_figure(const Catalogue& catalogue, const Relation& relation,
                            std::string_view name);

}  // namespace assay::results
