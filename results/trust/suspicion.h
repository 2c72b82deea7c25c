// What looks like a lie about times, and whether other work on the machine may be the reason.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>

#include "results/trust/trust.h"

namespace assay::results::trust {

/// Which delays explain a time that is too long for the module's account.
enum class Excuse {
  none,             ///< no delay does
  much_other_work,  ///< those on a machine that mostly does other work
  other_work        ///< those on a machine that does any other work
};

struct Suspicion {
  std::string text;
  std::map<std::string, double> figures;  ///< as Doubt::figures
  Excuse excuse = Excuse::none;
};

using SuspicionCheck = std::optional<Suspicion> (*)(const record::Record&);

/// The first of the checks that proves times wrong: Fault::implausible. If there is none, the first
/// one that proves nothing only because of other work: Fault::suspect.
std::optional<Doubt> doubt_of(const record::Record& record,
                              std::initializer_list<SuspicionCheck> checks);

}  // namespace assay::results::trust
