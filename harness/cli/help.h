// --help as text, 80 columns wide.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/options.h"

namespace assay::cli {

/// Of the whole program: its general options and its verbs.
std::string help_text(const CommandLine& line);
/// Of one verb.
std::string help_text(const CommandLine& line, const Options& verb);

/// The verbs that help lists.
std::vector<std::string> listed_verbs(const CommandLine& line);
/// Throws InputError with the nearest name where there is no such verb.
const Options& verb_named(const CommandLine& line, const std::string& name);

/// "-o, --output FILE", "RUN...".
std::string option_heading(const Option& option);
/// The help of an option with its choices and its default.
std::string option_help(const Option& option);

}  // namespace assay::cli
