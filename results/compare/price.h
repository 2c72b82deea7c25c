// The price of a device: given by the user, or published.
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
  statistics::Interval range;  ///< of the published digits; just the price if the user gave it
  std::string text;            ///< "30000 USD", "30 kUSD (H100 SXM, press)"
};

/// Parses "30000USD" or "30 kUSD". Throws InputError that names `place`.
Price parse_price(std::string_view text, std::string_view place);

/// The published price of one device; absent if the records are of several systems or no price is
/// published. If a driver shows each die of a package as a device, this is the share of one die.
std::optional<Price> published_price(const claims::Catalogue& catalogue,
                                     std::span<const record::Record> records);

/// Speed per dollar, other / baseline; the interval includes the ranges of both prices.
statistics::Ratio per_dollar(const statistics::Ratio& speed, const Price& baseline,
                             const Price& other);

}  // namespace assay::results::compare
