// What the operations on several ranks share: the functions of Operation over all ranks, fields,
// rules and the usual layouts.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "kernels/collective.h"

namespace assay::kernels {

/// `b` as all ranks hold it, `a` as all of them receive it, one rank after the other.
std::vector<Operand> collective_operands(const Problem& problem);
void collective_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                          std::span<const Bytes> outputs);
Check collective_check(const Problem& problem, std::span<const ConstBytes> buffers,
                       const CheckOptions& options);

Field ranks_field();
/// Types that are moved, not computed with.
Field moved_type_field();
/// Types that are summed.
Field summed_type_field();
/// `dist`, with `integer` as its default: sums are exact in any order.
Field exact_distribution_field();

/// Throws InputError where there are too many ranks, or elements, for `each` of them on a rank.
void require_ranks(const Problem& problem, std::int64_t each);
/// The same, and for sums that integers stay exact in the type.
void require_sums(const Problem& problem, std::int64_t each);

/// Rank by rank the same.
CollectiveLayout even_layout(const Problem& problem, std::int64_t held, std::int64_t received,
                             std::int64_t counted);

double shared_factor(double ranks);   ///< (n - 1) / n
double one_way_factor(double ranks);  ///< 1

}  // namespace assay::kernels
