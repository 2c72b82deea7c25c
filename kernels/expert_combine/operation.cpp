#include "kernels/experts/routing.h"

namespace assay::kernels {

extern const Operation expert_combine_operation;

namespace {

const std::vector<Field> kFields = expert_fields("bf16");

const Collective kCollective = {combine_layout, exchange_segments, shared_factor};

}  // namespace

const Operation expert_combine_operation = {"expert_combine",
                                            "rows back from the experts: an uneven all-to-all",
                                            kFields,
                                            validate_experts,
                                            collective_operands,
                                            collective_work,
                                            collective_reference,
                                            collective_check,
                                            &kCollective};

}  // namespace assay::kernels
