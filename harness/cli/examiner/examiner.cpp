// assay examiner: `conform` starts it to call one module in a process of its own.
#include "harness/conformance/examiner.h"

#include <fcntl.h>

#include <memory>

#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/worker/child.h"
#include "kernels/error.h"

namespace assay::cli::examiner {
extern const Verb verb;

namespace {

std::function<int()> add(Options& options) {
  const auto subject = std::make_shared<harness::conformance::SubjectOptions>();
  const Kind<std::filesystem::path> path = {
      .name = "FILE", .read = [](const std::string& text, const std::string&) { return text; }};
  options.option("--module", subject->module, path, "The module's file").required = true;
  options.option("--device", subject->device, named("NUMBER", count<std::uint32_t>(0)),
                 "The device's number");
  options.flag("--quick", subject->quick, "Use fewer problems, launches and repetitions");
  return [subject] {
    if (fcntl(harness::worker::kWorkerDescriptor, F_GETFD) < 0) {
      throw InputError("examiner: there is no parent process to talk to",
                       "`assay conform` starts examiners itself");
    }
    return harness::conformance::serve(*subject);
  };
}

}  // namespace

const Verb verb = {"examiner", "Test a module for a parent process", add, VerbGroup::hidden};

}  // namespace assay::cli::examiner
