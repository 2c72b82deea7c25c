#include "results/trust/products.h"

#include <fmt/format.h>

#include <algorithm>

#include "results/page/quantity_text.h"
#include "results/record/ceilings.h"

namespace assay::results::trust {

bool is_long_product(const record::Record& record) {
  return is_dense_product(record) && record.summary.median >= record::kLongProduct;
}

std::optional<Doubt> above_products(const record::Record& record,
                                    std::span<const record::Record> records) {
  if (!ranks(record) || measured_roof(record) != kernels::Roof::arithmetic) return std::nullopt;
  const record::Record* fastest = nullptr;
  for (const record::Record& one : records) {
    if (!is_long_product(one) || one.run != record.run || one.work.type != record.work.type ||
        !same_device(one, record)) {
      continue;
    }
    if (fastest == nullptr || flop_rate(one) > flop_rate(*fastest)) fastest = &one;
  }
  if (fastest == nullptr) return std::nullopt;
  // A product that something slowed, or of few samples, tells nothing.
  const Trust trust = trust_of(*fastest);
  if (trust.may_be_off() || trust.has(Fault::samples)) return std::nullopt;
  // Each at the end of its interval that accuses less.
  const statistics::Summary &slow = record.summary, &fast = fastest->summary;
  const double rate = record.work.flop / std::max(slow.interval.upper, slow.median);
  const double most =
      kAboveProducts * fastest->work.flop / std::min(fast.interval.lower, fast.median);
  if (rate <= most) return std::nullopt;
  return Doubt{
      Fault::suspect,
      fmt::format("{}, but the fastest matrix product beside it reached {}: the module may "
                  "compute sums of equal terms without the multiply-adds",
                  page::scaled_text(rate, "FLOP/s"),
                  page::scaled_text(flop_rate(*fastest), "FLOP/s")),
      {{"rate", rate}, {"limit", most}}};
}

}  // namespace assay::results::trust
