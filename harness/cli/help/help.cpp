// assay help [VERB]: the same as `assay --help` and `assay VERB --help`.
#include "harness/cli/help.h"

#include <fmt/format.h>

#include <memory>

#include "harness/cli/values.h"
#include "harness/cli/verb.h"

namespace assay::cli::help {
extern const Verb verb;

namespace {

std::function<int()> add(Options& options) {
  const auto asked = std::make_shared<std::string>();
  const CommandLine& line = options.command_line();
  options.argument(*asked, text("VERB", [&line] { return listed_verbs(line); }),
                   "The verb to explain (default: a list of all)");
  return [asked, &line] {
    if (asked->empty()) {
      fmt::print("{}", help_text(line));
      return kDone;
    }
    fmt::print("{}", help_text(line, verb_named(line, *asked)));
    return kDone;
  };
}

}  // namespace

const Verb verb = {"help", "Explain a verb, or list all", add, VerbGroup::extend};

}  // namespace assay::cli::help
