// Fields and rules that most operations share.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/operation.h"

namespace assay::kernels {

Field dimension_field(std::string_view name, std::string_view meaning,
                      std::optional<Default> preset = {});
/// A dimension of a product, which kernels cut into tiles (Field::tiled).
Field tiled_field(std::string_view name, std::string_view meaning,
                  std::optional<Default> preset = {});
/// By default none, and printed only where it is not.
Field limit_field(std::string_view name, std::string_view meaning);
Field type_field(std::string_view name, std::vector<std::string_view> choices,
                 std::string_view meaning, std::optional<Default> preset = {});
Field choice_field(std::string_view name, std::vector<std::string_view> choices,
                   std::string_view meaning, std::optional<Default> preset = {});
/// `type` of elements that are moved, not computed with.
Field moved_type_field();
/// `dist`, by default `uniform`.
Field distribution_field(Default preset = {"uniform"});
Field seed_field();

/// The accumulator that goes with an operand type: f64 for f64, i32 for integers, else f32.
DataType accumulator_of(DataType operand);

/// A limit such that `type` holds every integer in ±limit, small enough to be useful as factors.
std::int64_t exact_integer_limit(DataType type);

/// Largest sum of integers that an accumulator holds exactly: 2^24, 2^53 or 2^31 - 1.
double exact_sum_limit(DataType accumulator);

/// Largest r <= cap with terms * r * r <= limit; 0 where even r = 1 does not fit.
std::int64_t largest_factor(std::int64_t cap, double terms, double limit);

/// Throws InputError naming `fields` when an array of these extents is larger than 2^62 bytes.
void require_addressable(std::string_view fields, std::initializer_list<std::int64_t> extents);

/// Bytes of all operands, each counted once.
double compulsory_bytes(const std::vector<Operand>& operands);

}  // namespace assay::kernels
