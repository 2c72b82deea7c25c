#include "kernels/experts/routing.h"

namespace assay::kernels {

extern const Operation expert_dispatch_operation;

namespace {

const std::vector<Field> kFields = expert_fields("f8e4m3");

const Collective kCollective = {dispatch_layout, exchange_segments, shared_factor};

}  // namespace

const Operation expert_dispatch_operation = collective_operation(
    "expert_dispatch", "tokens to the ranks of their experts: an uneven all-to-all",
    "a of rank r = the rows of b of rank 0 for experts of r, then those of rank 1, ...", kFields,
    validate_experts, kCollective, kExpertCounting);

}  // namespace assay::kernels
