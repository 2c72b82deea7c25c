#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <string_view>
#include <system_error>

#include "harness/cli/common.h"
#include "harness/cli/options.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/environment/neutral.h"
#include "harness/ranks/place.h"
#include "kernels/error.h"

namespace assay::cli {
namespace {

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

/// Throws Error unless all that was printed has reached standard output, which may be a file on a
/// full disk.
void require_printed() {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  // The reason of an error before the last flush is no longer known.
  throw std::system_error(errno != 0 ? errno : EIO, std::generic_category(),
                          "standard output cannot be written");
}

/// The exit code of `run`, which prints to standard output.
int exit_code_of(const std::function<int()>& run) {
  try {
    const int code = run();
    require_printed();
    return code;
  } catch (const Error& error) {
    print_error(error.what(), error.hint());
    return error.kind() == ErrorKind::input ? kBadInput : kFailed;
  } catch (const std::system_error& error) {
    print_error(error.what(), "");
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
  for (const Verb* verb : verbs()) {
    Options& options = line.add_verb(verb->name, verb->summary, verb->hidden);
    runners.emplace(verb->name, verb->add(options));
  }
  line.general().footer(kFooter);
  return exit_code_of([&] {
    try {
      if (!line.read(count, arguments)) return int{kDone};
    } catch (const InputError&) {
      if (another_rank_reports()) return int{kBadInput};
      throw;
    }
    return runners.at(line.chosen()->verb())();
  });
}

}  // namespace
}  // namespace assay::cli

int main(int count, char** arguments) {
  return assay::cli::start(count, arguments);
}
