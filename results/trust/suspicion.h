// What looks like a lie about times, and whether other work on the machine may be the reason.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>

#include "results/trust/trust.h"

namespace assay::results::trust {

/// How a time that is too long for the module's account may have come about.
enum class Excuse {
  none,       ///< no delay explains it
  other_work  ///< delays by other work on the machine explain it as well
};

struct Suspicion {
  std::string text;
  std::map<std::string, double> figures;  ///< as Doubt::figures
  Excuse excuse = Excuse::none;
};

using SuspicionCheck = std::optional<Suspicion> (*)(const record::Record&);

/// Whether other work may have delayed launches. How much there was is not known of a measurement
/// that took only a few ticks of the kernel's counters.
bool may_be_disturbed(const record::Record& record);

/// The first of the checks that proves times wrong: Fault::implausible. If there is none, the first
/// one that proves nothing only because of other work: Fault::unsettled.
std::optional<Doubt> doubt_of(const record::Record& record,
                              std::initializer_list<SuspicionCheck> checks);

}  // namespace assay::results::trust
