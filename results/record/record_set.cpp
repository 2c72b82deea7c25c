#include "results/record/record_set.h"

#include <iterator>

namespace assay::results::record {

void append(RecordSet& to, RecordSet from) {
  const auto move_all = [](auto& target, auto& source) {
    target.insert(target.end(), std::move_iterator(source.begin()),
                  std::move_iterator(source.end()));
  };
  move_all(to.runs, from.runs);
  move_all(to.records, from.records);
  to.environments.merge(from.environments);
  to.suites.merge(from.suites);
}

}  // namespace assay::results::record
