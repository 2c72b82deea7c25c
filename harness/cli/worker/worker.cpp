// assay worker: what `run` and `devices` start; it talks to one device and is not for people.
#include "harness/worker/worker.h"

#include <fcntl.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/verb.h"
#include "harness/worker/child.h"
#include "kernels/error.h"

namespace assay::cli {
extern const Verb worker_verb;

namespace {

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<harness::worker::WorkerOptions>();
  app.add_option("--module", options->module, "The module's file")->required();
  app.add_flag("--probe", options->probe, "Only look for devices");
  app.add_option("--device", options->device, "Number of the device");
  app.add_option("--threads", options->threads, "Host threads it may use");
  app.add_option("--pretend", options->pretend, "JSON of published systems to pretend");
  app.add_flag("--tune", options->tune, "Try several parameters where kernels have them");
  return [options] {
    if (fcntl(harness::worker::kWorkerDescriptor, F_GETFD) < 0) {
      throw InputError("worker: there is no parent process to talk to",
                       "`assay run` and `assay devices` start workers by themselves");
    }
    return harness::worker::serve(*options);
  };
}

}  // namespace

const Verb worker_verb = {"worker", "Serve one device to a parent process", add, true};

}  // namespace assay::cli
