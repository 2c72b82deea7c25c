// What looks like a lie about times, and whether other work on the machine may be the reason.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>

#include "results/trust/trust.h"

namespace assay::results::trust {

/// When a suspicion proves that times are false.
enum class Proof {
  always,
  on_a_quiet_machine,  ///< elsewhere a delay of the launches, however long, explains it as well
  never
};

struct Suspicion {
  std::string text;
  std::map<std::string, double> figures;  ///< as Doubt::figures
  Proof proof = Proof::always;
};

using SuspicionCheck = std::optional<Suspicion> (*)(const record::Record&);

/// The first of the checks that proves times wrong: Fault::implausible. If there is none, the first
/// one that proves nothing: Fault::suspect.
std::optional<Doubt> doubt_of(const record::Record& record,
                              std::initializer_list<SuspicionCheck> checks);

}  // namespace assay::results::trust
