// Keys and values that own their text and can be handed out through the C interface.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "backends/assay_backend.h"

namespace assay::sdk {

class Properties {
 public:
  Properties() = default;
  /// From any range of pairs of texts: a map, a vector of pairs.
  template <class Pairs>
  explicit Properties(const Pairs& pairs) {
    for (const auto& [key, value] : pairs) texts_.emplace_back(key, value);
    for (const auto& [key, value] : texts_) list_.push_back({key.c_str(), value.c_str()});
  }
  // The list points into the texts, which stay in place when a vector moves.
  Properties(const Properties&) = delete;
  Properties& operator=(const Properties&) = delete;
  Properties(Properties&&) noexcept = default;
  Properties& operator=(Properties&&) noexcept = default;

  const assay_property* data() const { return list_.data(); }
  std::size_t size() const { return list_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> texts_;
  std::vector<assay_property> list_;
};

}  // namespace assay::sdk
