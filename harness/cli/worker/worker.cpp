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
  const auto worker = std::make_shared<harness::worker::WorkerOptions>();
  options.option("--module", worker->module, file(), "The module's file").required = true;
  options.flag("--probe", worker->probe, "Only look for devices");
  options.option("--device", worker->device, named("NUMBER", count<std::uint32_t>(0)),
                 "The device's number");
  options.option("--threads", worker->threads, count<unsigned>(0),
                 "Host threads that it may use; 0: all");
  options.option("--pretend", worker->pretend, text("JSON"), "Published systems to model");
  options.flag("--tune", worker->tune, "Try several parameters where kernels have them");
  return [worker] {
    if (fcntl(harness::worker::kWorkerDescriptor, F_GETFD) < 0) {
      throw InputError("worker: there is no parent process to talk to",
                       "`assay run` and `assay devices` start workers themselves");
    }
    return harness::worker::serve(*worker);
  };
}

}  // namespace

const Verb verb = {"worker", "Serve one device to a parent process", add, true};

}  // namespace assay::cli::worker
