#include "results/page/figures.h"

#include <fmt/format.h>

#include "results/page/rate_text.h"
#include "results/page/text.h"

namespace assay::results::page {

std::string rate_text(const record::Record& record) {
  const double rate = quoted_rate(record);
  if (record.status != record::Status::ok || !(rate > 0)) return "";
  const bool operations = figure_of(record) == kernels::Figure::operations;
  return operations ? scaled_text(rate, rate_unit(record.work.type)) : byte_rate_text(record);
}

std::string rates_text(const record::Record& record) {
  std::string text;
  if (record.status != record::Status::ok) return text;
  if (const double rate = flop_rate(record); rate > 0) {
    text = scaled_text(rate, rate_unit(record.work.type));
  }
  if (byte_rate(record) > 0) text += (text.empty() ? "" : ", ") + byte_rates_text(record);
  return text;
}

std::string half_width_text(const statistics::Summary& summary, double requested_confidence) {
  // The last digit of a confidence that is met depends on the number of samples.
  constexpr double kDigits = 0.005;
  std::string text = half_width_text(summary.half_width());
  if (summary.count > 1 && summary.confidence < requested_confidence - kDigits) {
    text += fmt::format(" at {}", percent_text(summary.confidence));
  }
  return text;
}

std::string half_width_text(const record::Record& record) {
  return half_width_text(record.summary, record.settings.confidence);
}

std::string share_text(const record::Attainable& share) {
  const std::string text = percent_text(share.fraction);
  return share.is_roof ? text : text + " " + half_width_text(share.half_width());
}

std::string_view bound_text(record::Bound bound) {
  return bound == record::Bound::memory ? "memory" : "peak";
}

std::string above_ceiling_text(const record::Attainable& share) {
  if (!(share.fraction > 1)) return "";
  std::string text = fmt::format("above the measured ceiling of {}: ", short_id(share.roof.record));
  if (share.bound == record::Bound::memory && share.cached) {
    return text + "the operands may be in the cache";
  }
  text += fmt::format("the ceiling is uncertain by {}",
                      half_width_text(share.roof.summary, share.roof.confidence));
  if (share.interval.lower > 1) text += " and was measured too low";
  return text;
}

}  // namespace assay::results::page
