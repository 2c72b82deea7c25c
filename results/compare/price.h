// What a device costs: told on the command line, or published.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "results/claims/catalogue.h"
#include "results/record/record.h"
#include "results/statistics/ratio.h"

namespace assay::results::compare {

struct Price {
  double dollars = 0;          ///< of one device
  statistics::Interval range;  ///< what is open of it; equal to the price where it was told
  std::string text;            ///< "30000 USD", "30 kUSD (H100 SXM, press)"
};

/// "30000USD", "30 kUSD". Throws InputError naming `place`.
Price parse_price(std::string_view text, std::string_view place);

/// The published price of what all the records' devices are; none where they are of several
/// systems or nothing is published. Where a driver shows a package's dies as devices, a die's
/// share.
std::optional<Price> published_price(const claims::Catalogue& catalogue,
                                     std::span<const record::Record> records);

/// Speed per dollar, other over baseline: the interval takes in the whole of both prices' ranges.
statistics::Ratio per_dollar(const statistics::Ratio& speed, const Price& baseline,
                             const Price& other);

}  // namespace assay::results::compare
