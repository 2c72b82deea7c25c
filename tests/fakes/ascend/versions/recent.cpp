// Calls that CANN 8.1 does not have.
#include <cstdint>

#define FAKE_EXPORT extern "C" __attribute__((visibility("default")))

struct aclTensor;
struct aclOpExecutor;

extern "C" {
int assay_fake_ascend_logic_device(std::int32_t user, std::int32_t* logic);
int assay_fake_ascend_plan_quant_v5(const aclTensor*, const aclTensor*, const aclTensor*,
                                    const aclTensor*, bool unused_given, bool, bool, std::int64_t,
                                    aclTensor*, std::uint64_t*, aclOpExecutor**);
int assay_fake_ascend_launch_quant_v5(void*, std::uint64_t, aclOpExecutor*, void*);
}

FAKE_EXPORT int aclrtGetLogicDevIdByUserDevId(std::int32_t user, std::int32_t* logic) {
  return assay_fake_ascend_logic_device(user, logic);
}

FAKE_EXPORT int aclnnQuantMatmulV5GetWorkspaceSize(
    const aclTensor* x1, const aclTensor* x2, const aclTensor* x1_scale, const aclTensor* x2_scale,
    const aclTensor* y_scale, const aclTensor* x1_offset, const aclTensor* x2_offset,
    const aclTensor* y_offset, const aclTensor* bias, bool transpose_x1, bool transpose_x2,
    std::int64_t group_size, aclTensor* out, std::uint64_t* bytes, aclOpExecutor** executor) {
  const bool unused_given = y_scale != nullptr || x1_offset != nullptr || x2_offset != nullptr ||
                            y_offset != nullptr || bias != nullptr;
  return assay_fake_ascend_plan_quant_v5(x1, x2, x1_scale, x2_scale, unused_given, transpose_x1,
                                         transpose_x2, group_size, out, bytes, executor);
}

FAKE_EXPORT int aclnnQuantMatmulV5(void* workspace, std::uint64_t bytes, aclOpExecutor* executor,
                                   void* stream) {
  return assay_fake_ascend_launch_quant_v5(workspace, bytes, executor, stream);
}
