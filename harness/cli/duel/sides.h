// What the two sides of a duel are, as the command line names them.
#pragma once

#include <optional>
#include <string>

#include "harness/cli/measurement_options.h"

namespace assay::cli::duel {

/// What one side has of its own; everything else is common to both.
struct SideChoice {
  std::string text;     ///< as typed
  std::string program;  ///< path of an assay program; empty: this one
  std::string modules;  ///< folder of backend modules; empty: the usual ones
  std::string device, implementation;
  std::optional<unsigned> threads;
  std::optional<results::record::Mode> mode;
};

/// A side from a program's path, a folder of modules, a device ("cpu:0"), an implementation
/// ("library/onednn"), or settings ("threads=1,mode=hot"). `letter` is A or B. Throws InputError
/// that says what a side may be.
SideChoice parse_side(const std::string& text, const std::string& letter);

/// What the side measures: the choice of the command line with what the side sets.
MeasurementChoice choice_of(const SideChoice& side, const MeasurementChoice& common);

}  // namespace assay::cli::duel
