#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <functional>
#include <map>
#include <new>
#include <span>
#include <string_view>
#include <system_error>

#include "harness/cli/bisect.h"
#include "harness/cli/common.h"
#include "harness/cli/general_options.h"
#include "harness/cli/options.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/environment/neutral.h"
#include "harness/ranks/place.h"
#include "harness/terminal/standard_streams.h"
#include "kernels/error.h"

namespace assay::cli {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  assay devices                    list this machine's devices\n"
    "  assay run                        measure and verify, in half a minute\n"
    "  assay run --problem \"matmul m=4096 n=4096 k=4096 a=bf16\"\n"
    "  assay check                      judge what is claimed of this machine\n"
    "  assay compare A.assay B.assay    compare two offers\n"
    "  assay regress                    find what became slower\n"
    "\n"
    "Exit codes: 0 done and good; 1 done, and there is a finding (a wrong result, a\n"
    "refuted claim, a regression); 2 bad usage or input, nothing changed; 3 nothing\n"
    "could run; 4 it failed (store locked or lost, disk full, output lost, internal\n"
    "error).\n"
    "`assay help VERB` says more.";

/// The verb that runs where none is named.
constexpr std::string_view kWithoutVerb = "overview";

/// Whether this is one of many ranks of a launcher, and another one reports bad usage for all.
bool another_rank_reports() {
  try {
    const auto place = harness::ranks::place_of(harness::ranks::environment_variable);
    return place && (place->rank > 0 || place->launcher == "assay");
  } catch (const InputError&) {
    return false;  // the launcher's variables contradict each other
  }
}

/// The exit code of `run`.
int exit_code_of(const std::function<int()>& run) {
  try {
    return run();
  } catch (const Error& error) {
    print_error(error.what(), error.hint());
    return error.kind() == ErrorKind::input ? kBadInput : kFailed;
  } catch (const std::system_error& error) {
    print_error(error.what(), "");
    return kFailed;
  } catch (const std::bad_alloc&) {
    print_error("too little memory", "free some, or ask for less at once");
    return kFailed;
  } catch (const std::exception& error) {
    print_error(fmt::format("internal error: {}", error.what()),
                "this is a fault of assay; please report it with the command");
    return kFailed;
  }
}

int start(int count, char** arguments) {
  harness::environment::neutralise_variables();
  // A write beyond the limit of a file's size then fails like one to a full disk.
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));
  CommandLine line("assay",
                   "Assay measures identical kernels on unlike accelerators, checks that the\n"
                   "results are right, and compares the rates with published claims.",
                   harness::environment::version_text());
  std::map<std::string_view, std::function<int()>> runners;
  GeneralOptions general;
  std::vector<const Verb*> ordered(verbs().begin(), verbs().end());
  std::ranges::stable_sort(ordered, {}, &Verb::group);
  for (const Verb* verb : ordered) {
    Options& options = line.add_verb(verb->name, verb->summary, heading(verb->group));
    runners.emplace(verb->name, verb->add(options));
    if (options.hidden()) continue;
    if (verb->measures) add_verbose_option(options, general);
    add_general_options(options, general);
  }
  line.general().footer(kFooter);
  return exit_code_of([&] {
    try {
      if (!line.read(count, arguments)) return int{kDone};
    } catch (const InputError&) {
      if (another_rank_reports()) return int{kBadInput};
      throw;
    }
    // Only the rank that reports for all has an output.
    if (another_rank_reports()) general.output = "-";
    return run_with(general,
                    runners.at(line.chosen() == nullptr ? kWithoutVerb : line.chosen()->verb()));
  });
}

/// git bisect would call a commit bad for any other code from 1 to 127 than kSkipCommit.
int code_for_bisect(int code, int count, char** arguments) {
  const std::span<char*> all(arguments, static_cast<std::size_t>(count));
  const auto has = [&](std::string_view word) { return std::ranges::find(all, word) != all.end(); };
  const bool failed = code == kBadInput || code == kFailed;
  return failed && has("duel") && has("--bisect") ? kSkipCommit : code;
}

}  // namespace
}  // namespace assay::cli

int main(int count, char** arguments) {
  assay::harness::terminal::protect_standard_streams();
  const int code = assay::harness::terminal::exit_code_after_output(
      assay::cli::start(count, arguments), assay::cli::kFailed);
  return assay::cli::code_for_bisect(code, count, arguments);
}
