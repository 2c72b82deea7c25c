// Options that every verb takes: where the answer goes, and how much is told beside it.
#pragma once

#include <functional>
#include <string>

#include "harness/cli/options.h"

namespace assay::cli {

struct GeneralOptions {
  std::string output = "-";
  bool no_progress = false, quiet = false, verbose = false;
};

/// -o, --no-progress and -q; without -o where the verb has an --output of its own.
void add_general_options(Options& options, GeneralOptions& general);
/// -v, for verbs that measure.
void add_verbose_option(Options& options, GeneralOptions& general);

/// Runs a verb with what was chosen; returns its exit code. The file of -o is replaced only when
/// the verb has ended and all of its output is written. Throws InputError if it cannot be written.
int run_with(const GeneralOptions& general, const std::function<int()>& verb);

}  // namespace assay::cli
