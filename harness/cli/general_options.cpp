#include "harness/cli/general_options.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "harness/cli/output_file.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/terminal/standard_streams.h"
#include "harness/terminal/telling.h"
#include "results/process/descriptor.h"

namespace assay::cli {

namespace {

using results::process::Descriptor;

bool has(const Options& options, const std::string& name) {
  return std::ranges::any_of(options.all(), [&](const Option& option) {
    return std::ranges::find(option.names, name) != option.names.end();
  });
}

/// What the process writes to standard output goes into a file instead, as long as this exists.
class Redirection {
 public:
  explicit Redirection(int to) {
    static_cast<void>(std::fflush(stdout));
    if (dup2(to, STDOUT_FILENO) < 0) cannot_write("--output", "", errno);
  }
  ~Redirection() {
    static_cast<void>(std::fflush(stdout));
    dup2(before_.get(), STDOUT_FILENO);
  }
  Redirection(const Redirection&) = delete;
  Redirection& operator=(const Redirection&) = delete;

 private:
  Descriptor before_{fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)};
};

}  // namespace

void add_general_options(Options& options, GeneralOptions& general) {
  if (!has(options, "--output")) {
    options.option("-o,--output", general.output, file(), "File to write to instead of the screen");
  }
  options.flag("--no-progress", general.no_progress, "Show no progress while it works");
  options.flag("-q,--quiet", general.quiet, "The same, and no notes; errors are still told");
}

void add_verbose_option(Options& options, GeneralOptions& general) {
  options.flag("-v,--verbose", general.verbose, "A line for each measurement, also on a terminal");
}

int run_with(const GeneralOptions& general, const std::function<int()>& verb) {
  harness::terminal::set_telling({.progress = !general.no_progress && !general.quiet,
                                  .remarks = !general.quiet,
                                  .each_measurement = general.verbose});
  if (general.output == "-") return verb();
  OutputFile file("--output", general.output);
  int code = kFailed, failure = 0;
  {
    const Redirection redirection(file.descriptor());
    code = verb();
    failure = harness::terminal::take_lost_output();
  }
  if (failure != 0) cannot_write("--output", general.output, failure);
  // A verb that a signal has stopped has not finished its output.
  if (code <= kNothingRan) file.commit();
  return code;
}

}  // namespace assay::cli
