// Tab completion: what may stand at the end of a command line.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace assay::cli {

/// Makes the words that an option or positional may take; called only when completing.
using Candidates = std::function<std::vector<std::string>()>;

/// Says what `option` may be completed to, file names too where `files`. Options of which nothing
/// is said complete to file names.
void complete_with(const CLI::Option* option, Candidates candidates, bool files = false);

struct Completion {
  std::vector<std::string> words;
  bool files = false;  ///< file names may stand there too
};

/// What may stand in place of the last of `line`, which may be empty: the words after `assay` as
/// typed so far. `app` is the whole command line.
Completion complete(const CLI::App& app, std::span<const std::string> line);

}  // namespace assay::cli
