#include <fmt/format.h>

#include <csignal>
#include <exception>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/common.h"
#include "harness/cli/options.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/ranks/place.h"
#include "kernels/error.h"

namespace assay::cli {
namespace {

/// What each verb runs.
using Runners = std::vector<std::pair<std::string_view, std::function<int()>>>;

constexpr const char* kFooter =
    "Examples:\n"
    "  assay devices                    list this machine's devices\n"
    "  assay run --suite quick          measure and verify, in under a minute\n"
    "  assay run --problem \"matmul m=4096 n=4096 k=4096 a=bf16\"\n"
    "  assay show                       show the last run as a table\n"
    "  assay check waic-2025            judge published claims by the measurements\n"
    "\n"
    "Exit codes: 0 done and good; 1 done, and there is a finding (a wrong result, a\n"
    "refuted claim, a regression); 2 bad usage or input, nothing changed; 3 nothing\n"
    "could run; 4 it failed (store locked or lost, disk full, internal error).\n"
    "`assay VERB --help` says more.";

/// Whether this is one of many ranks of a launcher, and another one reports bad usage for all.
bool another_rank_reports() {
  try {
    const auto place = harness::ranks::place_of(harness::ranks::environment_variable);
    return place && (place->rank > 0 || place->launcher == "assay");
  } catch (const InputError&) {
    return false;  // the launcher's variables contradict each other
  }
}

int run_chosen(const Runners& runners, std::string_view chosen) {
  for (const auto& [verb, run] : runners) {
    if (verb != chosen) continue;
    try {
      return run();
    } catch (const Error& error) {
      print_error(error.what(), error.mend());
      return error.kind() == ErrorKind::input ? kBadInput : kFailed;
    } catch (const std::exception& error) {
      print_error(fmt::format("internal error: {}", error.what()),
                  "this is a fault of assay; please report it with the command");
      return kFailed;
    }
  }
  return kBadInput;
}

int start(int count, char** arguments) {
  // A write beyond the limit of a file's size then fails like one to a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  CommandLine line("assay",
                   "Assay measures identical kernels on unlike accelerators, checks that the\n"
                   "results are right, and compares the rates with published claims.",
                   harness::environment::version_text());
  Runners runners;
  for (const Verb* verb : verbs()) {
    Options& options = line.add_verb(verb->name, verb->summary, verb->hidden);
    runners.emplace_back(verb->name, verb->add(options));
  }
  line.general().footer(kFooter);
  try {
    if (!line.read(count, arguments)) return kDone;
  } catch (const InputError& error) {
    if (!another_rank_reports()) print_error(error.what(), error.mend());
    return kBadInput;
  }
  return run_chosen(runners, line.chosen()->verb());
}

}  // namespace
}  // namespace assay::cli

int main(int count, char** arguments) {
  return assay::cli::start(count, arguments);
}
