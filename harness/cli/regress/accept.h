// Accepts regressions: writes entries of the file that `assay regress --accepted` reads.
#pragma once

#include <string>

#include "results/regress/regress.h"

namespace assay::cli::regress {

struct AcceptChoice {
  std::string run;  ///< first digits of the run since which they are there; empty: accept nothing
  std::string reason, until;
};

/// Appends an entry for every regression that may have begun at the run, with the largest change
/// that its interval contains, and leaves the rest of the file as it is. Returns what was written.
/// Throws InputError if there is no such regression, or if the file cannot be read or written.
std::string accept_regressions(const results::regress::Regressions& found,
                               const AcceptChoice& choice, const std::string& file);

}  // namespace assay::cli::regress
