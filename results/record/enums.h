// The enumerations that classify a record: mode, division, origin and status. One table per
// enumeration holds all facts about its values, and all code reads them there. JSON, files, options
// and modules use a value's name; require_named() converts text to a value where it is read.
#pragma once

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/error.h"
#include "kernels/nearest.h"

namespace assay::results::record {

/// Whether caches are overwritten before each launch.
enum class Mode { cold, hot };

/// Who wrote an implementation and how general it is, in the order of listings. Different divisions
/// are compared with each other only on request.
enum class Division { library, native, portable, reference, modelled, unknown };

/// Where a figure comes from, in order of decreasing trust.
enum class Origin { measured, imported, modelled };

enum class Status { ok, wrong, unsupported, out_of_memory, error, crashed, timeout };

/// The subject of a note on a measurement.
enum class NoteKind {
  target_missed,
  boost_faded,
  throttled,
  bits_differ,
  energy_missing,
  clock_unknown
};

/// The facts about each value, in the order of the enumeration. `meaning` is a phrase for help
/// texts, reports and the schema.
template <typename Enum>
struct Table;

struct ModeRow {
  std::string_view name, meaning;
  bool offered = true;
};
template <>
struct Table<Mode> {
  static constexpr std::string_view kWhat = "mode";
  static constexpr ModeRow kRows[] = {
      {"cold", "caches are overwritten before each launch"},
      {"hot", "launches follow each other directly; caches keep their contents"},
  };
};

struct DivisionRow {
  std::string_view name, meaning;
  /// SVG path of the mark in charts: centred on the origin, with a radius of about four units.
  std::string_view chart_mark;
  bool is_evidence;       ///< its figures may support or refute claims
  bool ranks_by_default;  ///< runs and is compared if no divisions are requested
  bool offered = true;    ///< a module may offer it, and a person may ask for it
  bool is_solved = true;  ///< an implementation produced the figure
};
template <>
struct Table<Division> {
  static constexpr std::string_view kWhat = "division";
  static constexpr std::string_view kDiamond = "M0 -4.8L4.8 0L0 4.8L-4.8 0z";
  static constexpr DivisionRow kRows[] = {
      {"library", "the vendor's best routine", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", true, true},
      {"native", "written for this device", "M0 -4.8L4.4 3.2H-4.4z", true, true},
      {"portable", "the same kernel source on every device", "M-3.7 -3.7H3.7V3.7H-3.7z", false,
       true},
      {"reference", "slow and exact", kDiamond, false, false},
      {"modelled", "computed from published figures with a roofline model; nothing ran", kDiamond,
       false, true, true, false},
      {"unknown", "imported from a tool that does not report it", kDiamond, false, true, false},
  };
};

struct OriginRow {
  std::string_view name, meaning;
  std::string_view mark;  ///< shown after a device's name; empty if none is needed
  /// Such a record may rank, be evidence for a claim, and serve as a baseline or a ceiling.
  bool is_evidence;
  bool offered = true;
};
template <>
struct Table<Origin> {
  static constexpr std::string_view kWhat = "origin";
  static constexpr OriginRow kRows[] = {
      {"measured", "measured on a device here", "", true},
      {"imported", "read from a file, and not verified by this assay", " (imported)", false},
      {"modelled", "computed by a pretended device from published figures", " (modelled)", false},
  };
};

struct StatusRow {
  std::string_view name, meaning;
  /// Such a record may rank, be evidence for a claim, and serve as a baseline or a ceiling.
  bool is_evidence;
  bool offered = true;
};
template <>
struct Table<Status> {
  static constexpr std::string_view kWhat = "status";
  static constexpr StatusRow kRows[] = {
      {"ok", "the measurement is complete", true},
      {"wrong", "the result is wrong", false},
      {"unsupported", "the device or the implementation cannot solve the problem", false},
      {"out-of-memory", "the device or the host had too little memory", false},
      {"error", "the device reported a failure", false},
      {"crashed", "the process that measured ended unexpectedly", false},
      {"timeout", "the measurement took too long and was stopped", false},
  };
};

struct NoteKindRow {
  std::string_view name, meaning;
  bool offered = true;
};
template <>
struct Table<NoteKind> {
  static constexpr std::string_view kWhat = "kind of note";
  static constexpr NoteKindRow kRows[] = {
      {"target_missed", "the median's interval stayed wider than requested"},
      {"boost_faded", "the rate fell during the burn"},
      {"throttled", "launches at a low clock were discarded or kept"},
      {"bits_differ", "output bits differ between launches, all within the error bound"},
      {"energy_missing", "the energy was not measured, or not by the energy counter, and why"},
      {"clock_unknown", "the clock sensor reported 0 Hz or a constant"},
  };
};

template <typename Enum>
concept Tabled = requires {
  Table<Enum>::kRows;
};

template <Tabled Enum>
constexpr const auto& facts(Enum value) {
  return Table<Enum>::kRows[static_cast<std::size_t>(value)];
}
template <Tabled Enum>
constexpr std::string_view name(Enum value) {
  return facts(value).name;
}
template <Tabled Enum>
constexpr std::string_view meaning(Enum value) {
  return facts(value).meaning;
}

/// The values of an enumeration whose `name` is what JSON holds.
template <typename Enum>
struct Names;
template <Tabled Enum>
struct Names<Enum> {
  static constexpr auto all = [] {
    std::array<Enum, std::size(Table<Enum>::kRows)> values{};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<Enum>(i);
    return values;
  }();
};
template <typename Enum>
concept Named = requires {
  Names<Enum>::all;
};

/// The value with that name; nullopt if there is none.
template <Named Enum>
std::optional<Enum> named(std::string_view text) {
  for (const Enum value : Names<Enum>::all) {
    if (name(value) == text) return value;
  }
  return std::nullopt;
}

/// The names that a person or a module may give.
template <Tabled Enum>
std::vector<std::string> offered_names() {
  std::vector<std::string> out;
  for (const auto& row : Table<Enum>::kRows) {
    if (row.offered) out.emplace_back(row.name);
  }
  return out;
}

/// The value with that name. Throws InputError at `place` ("mine.toml:4: mode") with the nearest
/// name, or all names with their meanings.
template <Tabled Enum>
Enum require_named(std::string_view text, std::string_view place) {
  const std::optional<Enum> value = named<Enum>(text);
  if (value && facts(*value).offered) return *value;
  std::string choices;
  for (const auto& row : Table<Enum>::kRows) {
    if (!row.offered) continue;
    choices += fmt::format("{}{} ({})", choices.empty() ? "" : ", ", row.name, row.meaning);
  }
  throw InputError(fmt::format("{}: there is no {} `{}`", place, Table<Enum>::kWhat, text),
                   did_you_mean(text, offered_names<Enum>(), "it may be " + choices));
}
template <Tabled Enum>
std::vector<Enum> require_named(const std::vector<std::string>& texts, std::string_view place) {
  std::vector<Enum> out;
  for (const std::string& text : texts) out.push_back(require_named<Enum>(text, place));
  return out;
}

}  // namespace assay::results::record
