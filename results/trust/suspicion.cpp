#include "results/trust/suspicion.h"

#include <utility>

namespace assay::results::trust {

namespace {

/// The share of the machine's CPU time from which on other work delays almost every call.
constexpr double kMostlyOtherWork = 0.7;

/// How much other work there was is not known of a measurement that took only a few ticks of the
/// kernel's counters, or ran on several ranks.
bool excuses(Excuse excuse, const record::Record& record) {
  if (excuse == Excuse::none) return false;
  const bool unknown = !record.machine_load.own_cpu_share;
  if (excuse == Excuse::other_work) return unknown || busy(record);
  return other_work_share(record) > kMostlyOtherWork;
}

}  // namespace

std::optional<Doubt> doubt_of(const record::Record& record,
                              std::initializer_list<SuspicionCheck> checks) {
  std::optional<Doubt> unproven;
  for (const SuspicionCheck check : checks) {
    std::optional<Suspicion> found = check(record);
    if (!found) continue;
    if (!excuses(found->excuse, record)) {
      return Doubt{Fault::implausible, std::move(found->text), std::move(found->figures)};
    }
    if (unproven) continue;
    unproven = Doubt{Fault::suspect, found->text + ", unless other work on the machine delayed it",
                     std::move(found->figures)};
  }
  return unproven;
}

}  // namespace assay::results::trust
