#include "results/trust/suspicion.h"

#include <utility>

namespace assay::results::trust {

bool may_be_disturbed(const record::Record& record) {
  return busy(record) || !record.machine_load.own_cpu_share;
}

std::optional<Doubt> doubt_of(const record::Record& record,
                              std::initializer_list<SuspicionCheck> checks) {
  std::optional<Doubt> unproven;
  for (const SuspicionCheck check : checks) {
    std::optional<Suspicion> found = check(record);
    if (!found) continue;
    if (found->excuse == Excuse::none || !may_be_disturbed(record)) {
      return Doubt{Fault::implausible, std::move(found->text), std::move(found->figures)};
    }
    if (unproven) continue;
    unproven =
        Doubt{Fault::unsettled, found->text + ", unless other work on the machine delayed it",
              std::move(found->figures)};
  }
  return unproven;
}

}  // namespace assay::results::trust
