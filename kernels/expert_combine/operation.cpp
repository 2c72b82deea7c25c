#include "kernels/experts/routing.h"

namespace assay::kernels {

extern const Operation expert_combine_operation;

namespace {

const std::vector<Field> kFields = expert_fields("bf16");

const Collective kCollective = {combine_layout, exchange_segments, shared_factor};

}  // namespace

const Operation expert_combine_operation = collective_operation(
    "expert_combine", "rows back from the experts: an uneven all-to-all",
    "a of rank r = the rows of b of rank 0 that came from r, then those of rank 1, ...", kFields,
    validate_experts, kCollective, kExpertCounting);

}  // namespace assay::kernels
