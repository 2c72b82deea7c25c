// The tables that nccl-tests and rccl-tests print, of all versions since 2015.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "results/exchange/nccl_lines.h"

namespace assay::results::exchange {

/// The columns of a table and where they belong.
struct NcclColumns {
  std::vector<std::string> names;       ///< as the newest version calls them; empty: no table
  std::vector<std::string> placements;  ///< one for each column `time`; "unknown" if not said
  bool cpu_time = false;                ///< -C: the CPU's time, not the time until completion
  /// Seconds in which the column `time` counts.
  double unit = 1e-6;
  /// Words that a launcher put before the heading.
  std::size_t words_before = 0;

  /// The value of a column in a row. The second column of the same name belongs to the second
  /// placement. Empty if there is no such column.
  std::string_view value(const Words& row, std::string_view column, std::size_t which = 0) const;
};

/// The columns that a heading names; nullopt if the words are no heading. `placements` are the
/// words out-of-place and in-place of the line before.
std::optional<NcclColumns> nccl_columns(const Words& words,
                                        const std::vector<std::string>& placements);

/// The end of `words` that is a whole row. Words before it come from a launcher.
std::optional<Words> whole_row(const NcclColumns& columns, const Words& words);

/// The end of `words` that is the beginning of a row, size, count and type at least.
std::optional<Words> row_begin(const NcclColumns& columns, const Words& words);

/// The row that begins with `begin`, whose next words are the end of `words`; it may still be
/// incomplete. nullopt if the words do not continue it.
std::optional<Words> continued_row(const NcclColumns& columns, const Words& begin,
                                   const Words& words);

/// Whether the words contain something like a row of any table: two counts, a type and numbers, in
/// whatever way another program has written or wrapped them.
bool looks_like_row(const Words& words);

/// A table of 2015 to 2018 does not tell the unit of its times: milliseconds in most versions. This
/// finds the unit from a row's size and bandwidth; nullopt if the row does not tell it.
std::optional<double> unit_of_row(const NcclColumns& columns, const Words& row);

/// Whether size and time of a placement, by its number, give quite another bandwidth than the row
/// has: its time is in another unit than the heading says, or its numbers were torn apart.
bool contradicts_rate(const NcclColumns& columns, const Words& row, std::size_t which);

}  // namespace assay::results::exchange
