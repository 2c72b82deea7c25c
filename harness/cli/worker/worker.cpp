// assay worker: `run` and `devices` start it to talk to one device in a process of its own.
#include "harness/worker/worker.h"

#include <fcntl.h>

#include <memory>

#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/worker/child.h"
#include "kernels/error.h"

namespace assay::cli::worker {
extern const Verb verb;

namespace {

std::function<int()> add(Options& options) {
  const auto start = std::make_shared<std::string>();
  options.argument(*start, text("JSON"), "The worker's options; harness/worker/messages.h has them")
      .required = true;
  return [start] {
    if (fcntl(harness::worker::kWorkerDescriptor, F_GETFD) < 0) {
      throw InputError("worker: there is no parent process to talk to",
                       "`assay run` and `assay devices` start workers themselves");
    }
    return harness::worker::serve(harness::worker::worker_options_in(*start));
  };
}

}  // namespace

const Verb verb = {"worker", "Serve one device to a parent process", add, VerbGroup::hidden};

}  // namespace assay::cli::worker
