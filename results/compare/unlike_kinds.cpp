#include "results/compare/unlike_kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace assay::results::compare {

namespace {

/// Counts the texts of one problem once, however many of its measurements they concern.
class UnlikeCounts {
 public:
  void add(const std::set<std::string>& texts) {
    for (const std::string& text : texts) ++counts_[text];
  }
  std::vector<UnlikeKind> kinds() const {
    std::vector<UnlikeKind> out;
    for (const auto& [text, problems] : counts_) out.push_back({text, problems});
    std::ranges::stable_sort(out, std::greater<>{}, &UnlikeKind::problems);
    return out;
  }

 private:
  std::map<std::string, std::size_t> counts_;
};

std::string unlike_sides_text(const Unlike& one, const Labels& labels) {
  return fmt::format("{}: {} {}, {} {}", one.what, labels.a, one.a, labels.b, one.b);
}

/// The other side's record that is most like this one: of the same implementation, then of the same
/// mode; null if there is none of its problem.
const record::Record* counterpart(const record::Record& record, const SideComparison& comparison) {
  const record::Record* best = nullptr;
  const auto likeness = [&](const record::Record& other) {
    return std::pair(other.implementation.name == record.implementation.name,
                     other.settings.mode == record.settings.mode);
  };
  for (const LeftOut& one : comparison.left_out) {
    if (one.of_baseline || one.record->problem != record.problem) continue;
    if (best == nullptr || likeness(*best) < likeness(*one.record)) best = one.record;
  }
  return best;
}

}  // namespace

std::vector<UnlikeKind> unlike_kinds(const CompareTable& table, const SideComparison& comparison) {
  const Labels labels = labels_of(table, comparison);
  UnlikeCounts counts;
  for (const ComparedGroup& group : comparison.best) {
    for (const ComparedProblem& row : group.rows) {
      std::set<std::string> texts;
      for (const Unlike& one : row.unlike) texts.insert(unlike_sides_text(one, labels));
      for (const auto& [contender, label] :
           {std::pair(&row.baseline, &labels.a), std::pair(&row.other, &labels.b)}) {
        for (const Unlike& one : contender->mixed) {
          texts.insert(fmt::format("{} within {}: {} and {}", one.what, *label, one.a, one.b));
        }
      }
      counts.add(texts);
    }
  }
  return counts.kinds();
}

std::vector<UnlikeKind> unlike_kinds_left_out(const CompareTable& table,
                                              const SideComparison& comparison) {
  const Labels labels = labels_of(table, comparison);
  std::map<std::pair<std::string, record::Mode>, std::set<std::string>> texts;
  for (const LeftOut& one : comparison.left_out) {
    if (!one.of_baseline) continue;
    const record::Record& record = *one.record;
    const record::Record* other = counterpart(record, comparison);
    if (other == nullptr) continue;
    std::set<std::string>& of_problem = texts[{record.problem, record.settings.mode}];
    for (const Unlike& what : unlike(record, *other)) {
      of_problem.insert(unlike_sides_text(what, labels));
    }
  }
  UnlikeCounts counts;
  for (const auto& [problem, of_problem] : texts) counts.add(of_problem);
  return counts.kinds();
}

}  // namespace assay::results::compare
