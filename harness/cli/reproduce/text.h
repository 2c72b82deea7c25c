// The outcome of a reproduction as text of 80 columns and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "results/bundle/bundle.h"
#include "results/bundle/reproduction.h"

namespace assay::cli::reproduce {

struct ReproductionReport {
  std::string file;  ///< of the bundle
  const results::bundle::Bundle* bundle = nullptr;
  double margin = 0;
  std::vector<std::string> runs;  ///< measured here; may be empty
  std::string store;
  std::vector<std::string> environment;                 ///< its differences
  std::vector<results::bundle::Reproduction> outcomes;  ///< in the bundle's order
};

struct ReproduceStyle {
  std::size_t width = 80;
  bool colour = false;
  bool wide = false;  ///< full problem texts and all differences of the environments
};

std::string reproduction_text(const ReproductionReport& report, const ReproduceStyle& style);
nlohmann::ordered_json to_json(const ReproductionReport& report);

/// 0 if everything that ran is equivalent, 1 if a measurement is not equivalent or failed here, 3
/// if nothing could be compared.
int exit_code(const ReproductionReport& report);

}  // namespace assay::cli::reproduce
