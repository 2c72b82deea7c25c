#include "kernels/experts/routing.h"

namespace assay::kernels {

extern const Operation expert_dispatch_operation;

namespace {

const std::vector<Field> kFields = expert_fields("f8e4m3");

const Collective kCollective = {dispatch_layout, exchange_segments, shared_factor};

}  // namespace

const Operation expert_dispatch_operation = {
    "expert_dispatch",
    "tokens to the ranks of their experts: an uneven all-to-all",
    kFields,
    validate_experts,
    collective_operands,
    collective_work,
    collective_reference,
    collective_check,
    &kCollective};

}  // namespace assay::kernels
