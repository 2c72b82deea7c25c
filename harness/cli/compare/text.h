// A comparison as a table of text.
#pragma once

#include <cstddef>
#include <string>

#include "results/compare/compare.h"
#include "results/compare/rendering.h"

namespace assay::cli::compare {

struct CompareStyle {
  std::size_t width = 80;
  bool colour = false;
  bool wide = false;  ///< full problem texts
  bool all = false;   ///< every row, means, divisions, everything left out, all notes
};

std::string comparison_text(const results::compare::CompareTable& table,
                            const results::compare::CompareView& view, const CompareStyle& style);

}  // namespace assay::cli::compare
