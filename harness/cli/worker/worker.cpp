// assay worker: `run`, `devices` and `conform` start it to call one module in a process of its own.
// Its options come over the channel, so that a module sees the same process whatever is asked of
// it.
#include "harness/worker/worker.h"

#include <fcntl.h>

#include "harness/cli/verb.h"
#include "harness/conformance/examiner.h"
#include "harness/worker/child.h"
#include "harness/worker/conversation.h"
#include "kernels/error.h"

namespace assay::cli::worker {
extern const Verb verb;

namespace {

int serve() {
  if (fcntl(harness::worker::kWorkerDescriptor, F_GETFD) < 0) {
    throw InputError("worker: there is no parent process to talk to",
                     "`assay run`, `assay devices` and `assay conform` start workers themselves");
  }
  harness::worker::ParentChannel parent;
  const std::optional<std::string> start = parent.receive();
  if (!start) return kDone;
  if (const auto subject = harness::conformance::subject_in(*start)) {
    return harness::conformance::serve(*subject, parent);
  }
  return harness::worker::serve(harness::worker::worker_options_in(*start), parent);
}

std::function<int()> add(Options&) {
  return serve;
}

}  // namespace

const Verb verb = {"worker", "Call one module for a parent process", add, VerbGroup::hidden};

}  // namespace assay::cli::worker
