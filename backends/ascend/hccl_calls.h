// HCCL, CANN's library of collectives, as this module calls it; opened at run time.
//
// Signatures: hccl.h and hccl_types.h of CANN 8 (public copies), as FlagOpen/FlagCX's
// hccl_adaptor.cc calls them. A root's information is 4108 bytes; counts are 64 bits wide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "backends/ascend/acl.h"
#include "backends/sdk/vendor_library.h"
#include "kernels/dtype.h"

namespace assay::backends::ascend {

using Communicator = void*;

struct RootInformation {
  char internal[4108];
};

struct Hccl {
  Status (*HcclGetRootInfo)(RootInformation*) = nullptr;
  Status (*HcclCommInitRootInfo)(std::uint32_t ranks, const RootInformation*, std::uint32_t rank,
                                 Communicator*) = nullptr;
  Status (*HcclCommDestroy)(Communicator) = nullptr;
  Status (*HcclAllReduce)(void* from, void* to, std::uint64_t count, int type, int operation,
                          Communicator, Stream) = nullptr;
  Status (*HcclReduceScatter)(void* from, void* to, std::uint64_t count, int type, int operation,
                              Communicator, Stream) = nullptr;
  Status (*HcclAllGather)(void* from, void* to, std::uint64_t count, int type, Communicator,
                          Stream) = nullptr;
  Status (*HcclBroadcast)(void* at, std::uint64_t count, int type, std::uint32_t root, Communicator,
                          Stream) = nullptr;
  Status (*HcclAlltoAll)(const void* from, std::uint64_t sent, int sent_type, const void* to,
                         std::uint64_t received, int received_type, Communicator, Stream) = nullptr;
  /// Counts and places in elements, one for each rank.
  Status (*HcclAlltoAllV)(const void* from, const void* sent, const void* sent_places,
                          int sent_type, const void* to, const void* received,
                          const void* received_places, int received_type, Communicator,
                          Stream) = nullptr;
  Status (*HcclSend)(void* from, std::uint64_t count, int type, std::uint32_t to, Communicator,
                     Stream) = nullptr;
  Status (*HcclRecv)(void* to, std::uint64_t count, int type, std::uint32_t from, Communicator,
                     Stream) = nullptr;
  std::string missing;  ///< why it cannot be used; empty where it can
};

inline constexpr int kHcclByte = 0, kHcclFloat = 4, kHcclSum = 0;  ///< HCCL_DATA_TYPE_INT8, FP32
/// HcclDataType of what can be summed; nothing for others.
std::optional<int> hccl_summed(kernels::DataType type);

Hccl open_hccl(sdk::VendorLibraries& libraries);

/// Throws sdk::Failure unless the status is 0.
void check_hccl(Status status, const char* call);

}  // namespace assay::backends::ascend
