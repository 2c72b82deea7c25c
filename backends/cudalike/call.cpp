#include "backends/cudalike/call.h"

#include <fmt/format.h>

namespace assay::backends::cudalike {

void fail(const std::string& name, int status, const Statuses* statuses) {
  std::string text = fmt::format("{}: {}", name, status);
  if (statuses != nullptr && statuses->text != nullptr) {
    if (const std::string meaning = statuses->text(status); !meaning.empty()) {
      text += fmt::format(" ({})", meaning);
    }
  }
  assay_status kind = ASSAY_DEVICE_ERROR;
  if (statuses != nullptr && status == statuses->out_of_memory) kind = ASSAY_OUT_OF_MEMORY;
  if (statuses != nullptr &&
      (status == statuses->unsupported[0] || status == statuses->unsupported[1])) {
    kind = ASSAY_UNSUPPORTED;
  }
  throw sdk::Failure(kind, text);
}

void fail_missing(const std::string& name) {
  throw sdk::Failure(ASSAY_UNSUPPORTED, fmt::format("the vendor's library has no {}", name));
}

}  // namespace assay::backends::cudalike
