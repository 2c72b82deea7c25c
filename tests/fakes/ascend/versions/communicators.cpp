// Communicators are made and destroyed by libhccl.so of CANN 8, and by libhcomm.so of CANN 9.
#include <cstdint>

#define FAKE_EXPORT extern "C" __attribute__((visibility("default")))

extern "C" {
int assay_fake_ascend_root_info(void* root);
int assay_fake_ascend_join(std::uint32_t ranks, const void* root, std::uint32_t rank,
                           void** communicator);
int assay_fake_ascend_leave(void* communicator);
}

FAKE_EXPORT int HcclGetRootInfo(void* root) {
  return assay_fake_ascend_root_info(root);
}

FAKE_EXPORT int HcclCommInitRootInfo(std::uint32_t ranks, const void* root, std::uint32_t rank,
                                     void** communicator) {
  return assay_fake_ascend_join(ranks, root, rank, communicator);
}

FAKE_EXPORT int HcclCommDestroy(void* communicator) {
  return assay_fake_ascend_leave(communicator);
}
