// What all operations on several ranks share: functions of Operation that cover all ranks, fields,
// rules and the usual layouts.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "kernels/collective.h"
#include "kernels/fields.h"

namespace assay::kernels {

/// `b` as all ranks hold it, `a` as all of them receive it, one rank after the other.
std::vector<Operand> collective_operands(const Problem& problem);
ReferenceFunction collective_reference;
CheckFunction collective_check;

inline constexpr OperandText kCollectiveOperands[] = {
    {"b", Role::input, "what each rank holds; of all ranks together, one rank after the other"},
    {"a", Role::output, "what each rank receives; of all ranks together, one rank after the other"},
};

inline constexpr std::string_view kCollectiveCounting =
    "FLOP: none counted. Bytes: the size that nccl-tests counts on one rank, so that B/s is its "
    "algbw.";

/// An operation on several ranks: the common parts, and the given ones.
constexpr Operation collective_operation(std::string_view name, std::string_view summary,
                                         std::string_view formula, std::span<const Field> fields,
                                         void (*validate)(const Problem&),
                                         const Collective& collective,
                                         std::string_view counting = kCollectiveCounting) {
  return {.name = name,
          .summary = summary,
          .formula = formula,
          .counting = counting,
          .figure = Figure::bytes,
          .roof = Roof::link,
          .measures = {},
          .fields = fields,
          .operand_texts = kCollectiveOperands,
          .validate = validate,
          .operands = collective_operands,
          .work = collective_work,
          .reference = collective_reference,
          .check = collective_check,
          .collective = &collective};
}

Field ranks_field();
/// `type` of elements that are summed.
Field summed_type_field();
/// `dist`, with `integer` as its default: sums are exact in any order.
Field exact_distribution_field();

/// Throws InputError where there are too many ranks, or too many elements with `each` on one rank.
void require_ranks(const Problem& problem, std::int64_t each);
/// Throws InputError where a part of `elements` elements cannot be cut out of a larger array of the
/// type `type`: parts must fill whole bytes and have no block scales.
void require_parts(std::string_view field, const Problem& problem, std::int64_t elements);
/// As require_ranks; also throws where sums of integers are not exact in the type.
void require_sums(const Problem& problem, std::int64_t each);

/// The same amounts on every rank.
CollectiveLayout even_layout(const Problem& problem, std::int64_t held, std::int64_t received,
                             std::int64_t counted);

double shared_factor(double ranks);   ///< (n - 1) / n
double one_way_factor(double ranks);  ///< 1

}  // namespace assay::kernels
