// --help as text, 80 columns wide.
#pragma once

#include <string>

#include "harness/cli/options.h"

namespace assay::cli {

/// Of the whole program: its general options and its verbs.
std::string help_text(const CommandLine& line);
/// Of one verb.
std::string help_text(const CommandLine& line, const Options& verb);

/// "-o, --output FILE", "RUN...".
std::string option_heading(const Option& option);
/// The help of an option with its choices and its default.
std::string option_help(const Option& option);

}  // namespace assay::cli
