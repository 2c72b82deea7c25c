// Trust in a measurement among those that were made beside it.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/record/ceilings.h"
#include "results/trust/trust.h"

namespace assay::results::trust {

/// The ceilings of each run and device among some records. Keeps copies of what it needs. Not
/// thread-safe.
class Beside {
 public:
  explicit Beside(std::span<const record::Record> records);

  /// trust::trust_of(), and Fault::implausible for a rate far above the ceilings of the record's
  /// own run, Fault::suspect for a ceiling far above its matrix products.
  Trust trust_of(const record::Record& record);
  /// Only the former of the latter two.
  std::optional<Doubt> above_ceiling(const record::Record& record);
  std::optional<Doubt> above_products(const record::Record& record) const;
  /// trust::ceilings_of() among the records of the same run, found once for each run and device.
  const record::Ceilings& ceilings(const record::Record& like);

 private:
  struct Known {
    record::Ceilings own, raised;  ///< own_ceilings_of(), ceilings_of()
  };
  const Known& known(const record::Record& like);

  /// Ceilings and dense matrix products, by run and device.
  std::map<std::string, std::vector<record::Record>> judges_;
  std::map<std::string, Known> known_;  ///< by run and device
};

}  // namespace assay::results::trust
