#include "backends/ascend/hccl.h"

#include <fmt/format.h>

#include <cstring>

#include "backends/ascend/runtime.h"

namespace assay::backends::ascend {
namespace {

const Hccl& usable() {
  const Hccl& hccl = runtime().hccl;
  if (!hccl.missing.empty()) throw sdk::Failure(ASSAY_UNSUPPORTED, hccl.missing);
  return hccl;
}

}  // namespace

Hccl open_hccl(sdk::VendorLibraries& libraries) {
  Hccl hccl;
  if (!libraries.open("libhccl.so", false)) {
    hccl.missing = libraries.why_not("libhccl.so");
    return hccl;
  }
  // CANN 9 keeps the calls that make and destroy a communicator in a library of their own.
  bool in_two = false;
  for (const char* call : {"HcclGetRootInfo", "HcclCommInitRootInfo", "HcclCommDestroy"}) {
    if (libraries.find<void()>(call) == nullptr) in_two = true;
  }
  in_two = in_two && libraries.open("libhcomm.so", false);
  const char* const lacks = in_two ? "libhccl.so and libhcomm.so lack" : "libhccl.so lacks";
  const auto take = [&]<class Function>(const char* name, Function*& to) {
    to = libraries.find<Function>(name);
    if (to == nullptr)
      hccl.missing += fmt::format("{}{} {}", hccl.missing.empty() ? "" : "; ", lacks, name);
  };
  take("HcclGetRootInfo", hccl.HcclGetRootInfo);
  take("HcclCommInitRootInfo", hccl.HcclCommInitRootInfo);
  take("HcclCommDestroy", hccl.HcclCommDestroy);
  take("HcclAllReduce", hccl.HcclAllReduce);
  take("HcclReduceScatter", hccl.HcclReduceScatter);
  take("HcclAllGather", hccl.HcclAllGather);
  take("HcclBroadcast", hccl.HcclBroadcast);
  take("HcclAlltoAll", hccl.HcclAlltoAll);
  take("HcclAlltoAllV", hccl.HcclAlltoAllV);
  take("HcclSend", hccl.HcclSend);
  take("HcclRecv", hccl.HcclRecv);
  return hccl;
}

void check_hccl(Status status, const char* call) {
  // HCCL_E_MEMORY, HCCL_E_NOT_SUPPORT, HCCL_E_OOM.
  constexpr Status kMemory = 3, kUnsupported = 5, kNoMemoryLeft = 24;
  if (status == 0) return;
  assay_status kind = ASSAY_DEVICE_ERROR;
  if (status == kMemory || status == kNoMemoryLeft) kind = ASSAY_OUT_OF_MEMORY;
  if (status == kUnsupported) kind = ASSAY_UNSUPPORTED;
  throw sdk::Failure(kind, words(status, call));
}

std::optional<int> hccl_summed(kernels::DataType type) {
  switch (type) {
    case kernels::DataType::i8:
      return 0;
    case kernels::DataType::i32:
      return 2;
    case kernels::DataType::f16:
      return 3;
    case kernels::DataType::f32:
      return kHcclFloat;
    case kernels::DataType::bf16:
      return 11;
    default:
      return std::nullopt;
  }
}

std::vector<std::byte> root_information() {
  RootInformation root = {};
  check_hccl(usable().HcclGetRootInfo(&root), "HcclGetRootInfo");
  const auto bytes = std::as_bytes(std::span(root.internal));
  return {bytes.begin(), bytes.end()};
}

Place::Place(std::shared_ptr<const Session> session, std::span<const std::byte> id,
             std::uint32_t ranks, std::uint32_t rank)
    : session_(std::move(session)), ranks_(ranks), rank_(rank), meeting_(session_, sizeof(float)) {
  RootInformation root = {};
  if (id.size() != sizeof root.internal) {
    throw sdk::Failure(
        ASSAY_INVALID,
        fmt::format("an id of {} bytes did not come from HcclGetRootInfo", id.size()));
  }
  std::memcpy(root.internal, id.data(), id.size());
  check_hccl(usable().HcclCommInitRootInfo(ranks, &root, rank, &communicator_),
             "HcclCommInitRootInfo");
}

Place::~Place() {
  session_->enter_quietly();
  session_->acl().aclrtSynchronizeStream(session_->stream());
  runtime().hccl.HcclCommDestroy(communicator_);
}

}  // namespace assay::backends::ascend
