#include "backends/cambricon/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/sdk/failure.h"

namespace assay::backends::cambricon {

Session::Session(std::uint32_t index) : api_(runtime().api), index_(static_cast<int>(index)) {
  enter();
  std::size_t free = 0;
  check(api_.cnrtMemGetInfo(&free, &memory_bytes_), "cnrtMemGetInfo");
  check(api_.cnrtQueueCreate(&queue_), "cnrtQueueCreate");
  try {
    check_nn(api_.cnnlCreate(&handle_), "cnnlCreate");
    check_nn(api_.cnnlSetQueue(handle_, queue_), "cnnlSetQueue");
  } catch (...) {
    if (handle_ != nullptr) api_.cnnlDestroy(handle_);
    api_.cnrtQueueDestroy(queue_);
    throw;
  }
}

Session::~Session() {
  enter_quietly();
  api_.cnrtQueueSync(queue_);
  api_.cnnlDestroy(handle_);
  api_.cnrtQueueDestroy(queue_);
}

void Session::enter() const {
  check(api_.cnrtSetDevice(index_), fmt::format("cnrtSetDevice({})", index_));
}

void Session::wait() const {
  check(api_.cnrtQueueSync(queue_), "cnrtQueueSync");
}

Memory::Memory(std::shared_ptr<const Session> session, std::uint64_t bytes)
    : session_(std::move(session)), bytes_(bytes) {
  if (bytes > session_->memory_bytes()) {
    throw sdk::Failure(ASSAY_OUT_OF_MEMORY,
                       fmt::format("{} bytes were asked for, and the device has {}", bytes,
                                   session_->memory_bytes()));
  }
  const Api& api = session_->api();
  const std::size_t room = std::max<std::uint64_t>(bytes, 1);
  check(api.cnrtMalloc(&data_, room), fmt::format("cnrtMalloc of {}", room));
  try {
    check(api.cnrtMemset(data_, 0, room), "cnrtMemset");
  } catch (...) {
    api.cnrtFree(data_);
    throw;
  }
}

Memory::~Memory() {
  session_->enter_quietly();
  session_->api().cnrtFree(data_);
}

void Memory::upload(std::uint64_t offset, const void* from, std::uint64_t bytes) {
  check(session_->api().cnrtMemcpy(data() + offset, const_cast<void*>(from), bytes,
                                   CopyKind::host_to_device),
        "cnrtMemcpy to the device");
}

void Memory::download(std::uint64_t offset, void* to, std::uint64_t bytes) const {
  check(session_->api().cnrtMemcpy(to, data() + offset, bytes, CopyKind::device_to_host),
        "cnrtMemcpy from the device");
}

}  // namespace assay::backends::cambricon
