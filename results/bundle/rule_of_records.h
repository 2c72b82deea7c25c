// How a rule of bundles is applied to records.
#pragma once

#include <string>
#include <utility>

#include "results/bundle/rules.h"

namespace assay::results::bundle {

/// Whether the record has a measured figure, from here or elsewhere.
inline bool is_figure(const record::Record& record) {
  return record.status == record::Status::ok && !is_modelled(record);
}

inline bool any(const record::Record&) {
  return true;
}

/// Applies a rule to the records that it covers. `violation` returns what is wrong with a record,
/// or
/// "".
template <typename Breaking>
RuleResult of_each(const Bundle& bundle, bool (*looked_at)(const record::Record&),
                   const Breaking& violation) {
  RuleResult result;
  for (const record::Record& record : bundle.contents.records) {
    if (!looked_at(record)) continue;
    ++result.judged;
    if (std::string what = violation(record); !what.empty()) {
      result.violations.push_back({subject_of(record), std::move(what)});
    }
  }
  return result;
}

}  // namespace assay::results::bundle
