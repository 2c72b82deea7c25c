#include "results/claims/sum_of_parts.h"

#include <algorithm>
#include <cstddef>

namespace assay::results::claims {
namespace {

std::ptrdiff_t rank(const std::string& kind) {
  return std::ranges::find(system_kinds(), kind) - system_kinds().begin();
}

/// Whether a part without known parts may hide some of what is added up. A rack or a board without
/// parts only houses and connects.
bool may_hide(const System& part, const std::string& part_kind) {
  if (part.kind == "cpu" || part.kind == "rack" || part.kind == "board") return false;
  return part_kind.empty() || rank(part.kind) > rank(part_kind);
}

bool is_host(const std::pair<const System*, double>& part) {
  return part.first->kind == "cpu";
}

class Walk {
 public:
  Walk(const Catalogue& catalogue, const std::function<bool(const System&)>& carries,
       const std::string& part_kind)
      : catalogue_(catalogue), carries_(carries), part_kind_(part_kind) {}

  /// Ends, since the caller has refused a system that is part of itself.
  void add_parts_of(const System& system, double count) {
    for (const auto& [id, number] : system.parts) {
      const System& part = find_system(catalogue_, id);
      if (carries_(part)) {
        add(part, count * number);
      } else if (!part.parts.empty()) {
        add_parts_of(part, count * number);
      } else if (may_hide(part, part_kind_)) {
        complete_ = false;
      } else if (part.kind == "cpu") {
        host_lacks_ = true;
      }
    }
  }

  PartCounts found(bool partial) {
    const bool hosts_alone = std::ranges::all_of(found_, is_host);
    if (!hosts_alone) std::erase_if(found_, is_host);
    if (hosts_alone && host_lacks_) complete_ = false;
    return complete_ || partial ? found_ : PartCounts{};
  }

 private:
  void add(const System& part, double count) {
    const auto known = std::ranges::find(found_, &part, &PartCounts::value_type::first);
    if (known != found_.end()) {
      known->second += count;
    } else {
      found_.emplace_back(&part, count);
    }
  }

  const Catalogue& catalogue_;
  const std::function<bool(const System&)>& carries_;
  const std::string& part_kind_;
  PartCounts found_;
  bool complete_ = true, host_lacks_ = false;
};

}  // namespace

PartCounts parts_that_add_up(const Catalogue& catalogue, const System& whole,
                             const std::function<bool(const System&)>& carries,
                             const std::string& part_kind, bool partial) {
  Walk walk(catalogue, carries, part_kind);
  walk.add_parts_of(whole, 1);
  return walk.found(partial);
}

}  // namespace assay::results::claims
