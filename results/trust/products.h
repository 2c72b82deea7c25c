// Arithmetic ceilings against matrix products measured beside them.
#pragma once

#include <optional>
#include <span>

#include "results/trust/trust.h"

namespace assay::results::trust {

/// The multiply-add rate may exceed the fastest long matrix product of a tuned routine by this
/// factor: arithmetic limits large products (record::kProductIntensity), which a library computes
/// at most of a device's peak.
inline constexpr double kAboveProducts = 3;

/// Whether the record is a dense product that lasts at least record::kLongProduct.
bool is_long_product(const record::Record& record);

/// A ceiling of arithmetic that no product among `records` of the same run, device and type comes
/// near: Fault::suspect. The sum of equal terms that `fma` computes has a closed form, so that a
/// module can give it without doing the work. Nothing where there is no such product.
std::optional<Doubt> above_products(const record::Record& record,
                                    std::span<const record::Record> records);

}  // namespace assay::results::trust
