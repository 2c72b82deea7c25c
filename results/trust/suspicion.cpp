#include "results/trust/suspicion.h"

#include <utility>

namespace assay::results::trust {

namespace {

/// The share of the time in which a task waited for a CPU from which on other work may have delayed
/// launches. The kernel counts it exactly, also where other shares are those of a few ticks.
constexpr double kWaits = 0.1;

/// How much other work there was is not known of a measurement that took only a few ticks of the
/// kernel's counters, or ran on several ranks.
bool was_quiet(const record::Record& record) {
  const record::MachineLoad& load = record.machine_load;
  return load.own_cpu_share && !busy(record) && load.psi_cpu_some.value_or(0) <= kWaits;
}

}  // namespace

std::optional<Doubt> doubt_of(const record::Record& record,
                              std::initializer_list<SuspicionCheck> checks) {
  std::optional<Doubt> unproven;
  for (const SuspicionCheck check : checks) {
    std::optional<Suspicion> found = check(record);
    if (!found) continue;
    const bool unless_delayed = found->proof == Proof::on_a_quiet_machine;
    if (found->proof == Proof::always || (unless_delayed && was_quiet(record))) {
      return Doubt{Fault::implausible, std::move(found->text), std::move(found->figures)};
    }
    if (unproven) continue;
    if (unless_delayed) found->text += ", unless other work on the machine delayed it";
    unproven = Doubt{Fault::suspect, std::move(found->text), std::move(found->figures)};
  }
  return unproven;
}

}  // namespace assay::results::trust
