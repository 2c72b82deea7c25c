// assay help [VERB]: the same as `assay --help` and `assay VERB --help`.
#include "harness/cli/help.h"

#include <fmt/format.h>

#include <memory>

#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "kernels/error.h"
#include "kernels/nearest.h"

namespace assay::cli::help {
extern const Verb verb;

namespace {

std::vector<std::string> listed_verbs(const CommandLine& line) {
  std::vector<std::string> out;
  for (const Options& one : line.verbs()) {
    if (!one.hidden()) out.push_back(one.verb());
  }
  return out;
}

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
    const Options* const found = line.verb_named(*asked);
    if (found == nullptr) {
      throw InputError(fmt::format("there is no verb `{}`", *asked),
                       did_you_mean(*asked, listed_verbs(line), "`assay help` lists the verbs"));
    }
    fmt::print("{}", help_text(line, *found));
    return kDone;
  };
}

}  // namespace

const Verb verb = {"help", "Explain a verb, or list all", add, VerbGroup::extend};

}  // namespace assay::cli::help
