// The price and the power of a device: given by the user, or published.
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

/// The power that a device draws, as stated: not measured here.
struct Power {
  double watts = 0;            ///< of one device
  statistics::Interval range;  ///< of the published digits; just the power if the user gave it
  std::string text;            ///< "700 W", "700 W (H100 SXM, specification)"
};

/// Parses "30000USD" or "30 kUSD". Throws InputError that names `place`.
Price parse_price(std::string_view text, std::string_view place);

/// The published price of one device; absent if the records are of several systems or no price is
/// published. If a driver shows each die of a package as a device, this is the share of one die.
std::optional<Price> published_price(const claims::Catalogue& catalogue,
                                     std::span<const record::Record> records);

/// The published price and power of a whole system; absent if none is published in dollars or
/// watts.
std::optional<Price> price_of(const claims::System& system);
std::optional<Power> power_of(const claims::System& system);

/// Parses "700W" or "0.7 kW". Throws InputError that names `place`.
Power parse_power(std::string_view text, std::string_view place);
/// As published_price().
std::optional<Power> published_power(const claims::Catalogue& catalogue,
                                     std::span<const record::Record> records);

/// Speed per dollar, other / baseline; the interval includes the ranges of both prices.
statistics::Ratio per_dollar(const statistics::Ratio& speed, const Price& baseline,
                             const Price& other);
/// Speed per stated watt, other / baseline, in the same way.
statistics::Ratio per_watt(const statistics::Ratio& speed, const Power& baseline,
                           const Power& other);

}  // namespace assay::results::compare
