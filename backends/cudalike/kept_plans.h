// What a library planned for the latest problems: a problem is first asked about and then made
// ready, and planning may take seconds.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <utility>

namespace assay::backends::cudalike {

template <class Plan>
class KeptPlans {
 public:
  /// The plan of `key`, made by `make()` unless it is kept. `make` may throw.
  template <class Make>
  std::shared_ptr<Plan> get(const std::string& key, const Make& make) {
    const auto found = std::ranges::find(kept_, key, &Kept::first);
    if (found != kept_.end()) return found->second;
    kept_.emplace_back(key, make());
    if (kept_.size() > kMost) kept_.pop_front();
    return kept_.back().second;
  }

 private:
  using Kept = std::pair<std::string, std::shared_ptr<Plan>>;
  static constexpr std::size_t kMost = 8;
  std::deque<Kept> kept_;
};

}  // namespace assay::backends::cudalike
