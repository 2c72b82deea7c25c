// What a claim must have so that a reader can check it against its source.
#pragma once

#include <string>
#include <vector>

#include "kernels/error.h"
#include "results/claims/catalogue.h"
#include "results/claims/catalogue_file.h"

namespace assay::results::claims {

/// Something that a claim or its source lacks.
struct Lack {
  std::string what;  ///< "no quote", "no date of reading in [sources.page]"
  std::string hint;  ///< what to write
};

/// What a claim lacks: a quote, the source's date of publication and the date on which it was read,
/// each in a valid form. Nothing is asked of a derived entry, which nobody stated.
std::vector<Lack> lacks(const Claim& claim);

/// The error of an incomplete claim: file, line, id and all that it lacks.
InputError incomplete(const Place& place, const Claim& claim, const std::vector<Lack>& missing);

}  // namespace assay::results::claims
