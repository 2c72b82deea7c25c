// Arithmetic ceilings against matrix products measured beside them.
#pragma once

#include <optional>
#include <span>

#include "results/trust/trust.h"

namespace assay::results::trust {

/// The multiply-add rate may exceed the fastest long matrix product of a tuned routine by this
/// factor: arithmetic limits large products (NVIDIA, Matrix Multiplication Background User's
/// Guide), which a library computes at most of a device's peak.
inline constexpr double kAboveProducts = 3;
/// Products that count take at least so long and have at least this intensity in FLOP per byte, so
/// that neither submission nor memory limits them.
inline constexpr double kLongProduct = 0.5e-3, kProductIntensity = 128;

/// Whether the record may show what the device's arithmetic can do.
bool is_long_product(const record::Record& record);

/// A ceiling of arithmetic that no product among `records` of the same run, device and type comes
/// near: Fault::suspect. The sum of equal terms that `fma` computes has a closed form, so that a
/// module can give it without doing the work. Nothing where there is no such product.
std::optional<Doubt> above_products(const record::Record& record,
                                    std::span<const record::Record> records);

}  // namespace assay::results::trust
