// Tab completion: what may stand at the end of a command line.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/cli/options.h"

namespace assay::cli {

struct Completion {
  std::vector<std::string> words;
  bool files = false;  ///< file names may stand there too
};

/// What may stand in place of the last of `typed`, which may be empty: the words after the
/// program's name as typed so far.
Completion complete(const CommandLine& line, std::span<const std::string> typed);

}  // namespace assay::cli
