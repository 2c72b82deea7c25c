// assay examiner: what `conform` starts; it calls into one module and is not for people.
#include "harness/conformance/examiner.h"

#include <fcntl.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/verb.h"
#include "harness/worker/child.h"
#include "kernels/error.h"

namespace assay::cli {
extern const Verb examiner_verb;

namespace {

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<harness::conformance::SubjectOptions>();
  app.add_option("--module", options->module, "The module's file")->required();
  app.add_option("--device", options->device, "Number of the device");
  app.add_flag("--quick", options->quick, "Fewer problems, launches and repetitions");
  return [options] {
    if (fcntl(harness::worker::kWorkerDescriptor, F_GETFD) < 0) {
      throw InputError("examiner: there is no parent process to talk to",
                       "`assay conform` starts examiners by itself");
    }
    return harness::conformance::serve(*options);
  };
}

}  // namespace

const Verb examiner_verb = {"examiner", "Examine a module for a parent process", add, true};

}  // namespace assay::cli
