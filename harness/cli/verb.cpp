#include "harness/cli/verb.h"

namespace assay::cli {

std::string_view heading(VerbGroup group) {
  switch (group) {
    case VerbGroup::measure:
      return "Measure";
    case VerbGroup::look:
      return "Look";
    case VerbGroup::judge:
      return "Judge";
    case VerbGroup::decide:
      return "Decide";
    case VerbGroup::watch:
      return "Watch";
    case VerbGroup::trust:
      return "Trust";
    case VerbGroup::extend:
      return "Extend";
    case VerbGroup::hidden:
      break;
  }
  return {};
}

}  // namespace assay::cli
