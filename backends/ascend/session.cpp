#include "backends/ascend/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/sdk/failure.h"

namespace assay::backends::ascend {

Session::Session(std::uint32_t index)
    : acl_(runtime().acl), index_(static_cast<std::int32_t>(index)) {
  check(acl_.aclrtSetDevice(index_), fmt::format("aclrtSetDevice({})", index));
  try {
    check(acl_.aclrtGetCurrentContext(&context_), "aclrtGetCurrentContext");
    check(acl_.aclrtCreateStream(&stream_), "aclrtCreateStream");
    memory_bytes_ = memory_of_current_device(acl_).total;
  } catch (...) {
    if (stream_ != nullptr) acl_.aclrtDestroyStream(stream_);
    acl_.aclrtResetDevice(index_);
    throw;
  }
}

Session::~Session() {
  enter_quietly();
  acl_.aclrtSynchronizeStream(stream_);
  acl_.aclrtDestroyStream(stream_);
  acl_.aclrtResetDevice(index_);
}

void Session::enter() const {
  check(acl_.aclrtSetCurrentContext(context_), "aclrtSetCurrentContext");
}

void Session::wait() const {
  check(acl_.aclrtSynchronizeStream(stream_), "aclrtSynchronizeStream");
}

Memory::Memory(std::shared_ptr<const Session> session, std::uint64_t bytes)
    : session_(std::move(session)), bytes_(bytes) {
  const std::uint64_t all = session_->memory_bytes();
  // CANN adds to what is asked for, which must not run over.
  if (bytes > (all != 0 ? all : std::uint64_t{1} << 60)) {
    throw sdk::Failure(ASSAY_OUT_OF_MEMORY,
                       fmt::format("{} bytes were asked for, and the device has {}", bytes, all));
  }
  const Acl& acl = session_->acl();
  const std::size_t room = std::max<std::uint64_t>(bytes, 1);
  check(acl.aclrtMalloc(&data_, room, kMallocHugeFirst), fmt::format("aclrtMalloc of {}", room));
  try {
    check(acl.aclrtMemset(data_, room, 0, room), "aclrtMemset");
  } catch (...) {
    acl.aclrtFree(data_);
    throw;
  }
}

Memory::~Memory() {
  session_->enter_quietly();
  session_->acl().aclrtFree(data_);
}

void Memory::upload(std::uint64_t offset, const void* from, std::uint64_t bytes) {
  check(session_->acl().aclrtMemcpy(data() + offset, bytes_ - offset, from, bytes,
                                    CopyKind::host_to_device),
        "aclrtMemcpy to the device");
}

void Memory::download(std::uint64_t offset, void* to, std::uint64_t bytes) const {
  check(session_->acl().aclrtMemcpy(to, bytes, data() + offset, bytes, CopyKind::device_to_host),
        "aclrtMemcpy from the device");
}

MemoryOfDevice memory_of_current_device(const Acl& acl) {
  for (const int kind : {kMemoryHbm, kMemoryDdr}) {
    std::size_t free = 0, total = 0;
    if (acl.aclrtGetMemInfo(kind, &free, &total) == 0 && total > 0) return {free, total};
  }
  return {};
}

}  // namespace assay::backends::ascend
