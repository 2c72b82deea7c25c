#include "harness/cli/measurement_options.h"

#include <fmt/format.h>

#include "harness/cli/candidates.h"
#include "harness/cli/hints.h"
#include "harness/cli/values.h"
#include "kernels/error.h"

namespace assay::cli {

namespace {

Kind<kernels::Problem> problem() {
  return {.name = "PROBLEM",
          .read =
              [](const std::string& text, const std::string& place) {
                return at_place(fmt::format("{} \"{}\"", place, text),
                                [&] { return kernels::Problem::parse(text); });
              },
          .candidates = operation_names};
}

}  // namespace

std::vector<Option*> add_what_to_measure(Options& options, MeasurementChoice& choice) {
  Option& suite = options.option("--suite", choice.suite, suite_name(),
                                 "A suite that `assay suites` lists, or a TOML file");
  Option& one = options.option("--problem", choice.problems, problem(),
                               "A problem, e.g. \"copy n=1048576 type=f32\"");
  Option& implementation =
      options.option("--implementation", choice.measurement.implementations, text("NAME"),
                     "Only this implementation, e.g. library/onednn");
  Option& divisions =
      options.option("--division", choice.measurement.divisions, division(), "Only this division");
  divisions.default_rule = "all but reference";
  options.option("--device", choice.devices, text("DEVICE"), "Only this device, e.g. cpu:0");
  return {&suite, &one, &implementation, &divisions};
}

std::vector<Option*> add_how_to_measure(Options& options, MeasurementChoice& choice) {
  Option& state = options.option("--mode", choice.measurement.mode, mode(),
                                 "Whether caches are overwritten before each launch");
  state.default_rule = "as the suite says, else cold";
  Option& threads = options.option("--threads", choice.threads, count<unsigned>(),
                                   "Host threads that a CPU device uses");
  threads.default_rule = "all";
  return {&state, &threads};
}

}  // namespace assay::cli
