#include "backends/cudalike/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

namespace assay::backends::cudalike {

void copy_async(void* to, const void* from, std::uint64_t bytes, Direction direction,
                Stream stream) {
  const RuntimeApi& api = platform().runtime();
  const int kind = static_cast<int>(direction);
  if (platform().dialect().stream_before_kind) {
    api.memcpy_async_stream_first(to, from, bytes, stream, kind);
  } else {
    api.memcpy_async(to, from, bytes, kind, stream);
  }
}

Buffer::Buffer(std::uint64_t bytes, Stream stream) : bytes_(bytes) {
  const RuntimeApi& api = platform().runtime();
  if (bytes > std::numeric_limits<std::uint64_t>::max() / 2) {
    throw sdk::Failure(ASSAY_OUT_OF_MEMORY, fmt::format("no device holds {} bytes", bytes));
  }
  void* data = nullptr;
  if (const int status = api.malloc.status(&data, bytes + kGuardBytes); status != 0) {
    if (api.last_error) api.last_error.status();  // else the next call would report it again
    try {
      fail(api.malloc.name, status, api.malloc.statuses);
    } catch (const sdk::Failure& failure) {
      throw sdk::Failure(failure.status(), fmt::format("{}, asked for {} bytes", failure.what(),
                                                       bytes + kGuardBytes));
    }
  }
  data_ = static_cast<std::byte*>(data);
  try {
    if (bytes != 0) api.memset_async(data_, 0, bytes, stream);
    api.memset_async(data_ + bytes, kGuardByte, kGuardBytes, stream);
    api.stream_synchronize(stream);
  } catch (...) {
    api.free.pointer(data_);
    throw;
  }
}

Buffer::~Buffer() {
  platform().runtime().free.pointer(data_);
}

HostMemory::HostMemory(std::uint64_t bytes, bool pinned) : pinned_(pinned) {
  constexpr std::align_val_t kPage{4096};
  if (pinned) {
    void* data = nullptr;
    platform().runtime().host_alloc(&data, bytes, 0);
    data_ = static_cast<std::byte*>(data);
  } else {
    data_ = static_cast<std::byte*>(::operator new(bytes, kPage));
  }
  std::memset(data_, 0xff, bytes);
}

HostMemory::~HostMemory() {
  if (pinned_) {
    platform().runtime().host_free.pointer(data_);
  } else {
    ::operator delete (data_, std::align_val_t{4096});
  }
}

Staging::Staging(Stream stream) : stream_(stream) {
  const RuntimeApi& api = platform().runtime();
  if (!api.host_alloc || !api.host_free) return;
  for (Piece& piece : pieces_) {
    api.event_create(&piece.done, 0);
    if (api.host_alloc.status(&piece.memory, kPieceBytes, 0) == 0) continue;
    piece.memory = nullptr;  // a locked-memory limit: use pageable copies
    if (api.last_error) api.last_error.status();
  }
  if (pieces_[1].memory == nullptr && pieces_[0].memory != nullptr) {
    api.host_free.pointer(pieces_[0].memory);
    pieces_[0].memory = nullptr;
  }
}

Staging::~Staging() {
  const RuntimeApi& api = platform().runtime();
  for (Piece& piece : pieces_) {
    if (piece.done != nullptr) api.event_destroy.pointer(piece.done);
    if (piece.memory != nullptr) api.host_free.pointer(piece.memory);
  }
}

void Staging::settle(Piece& piece) {
  if (piece.travels) platform().runtime().event_synchronize(piece.done);
  piece.travels = false;
}

void Staging::upload(std::byte* to, const void* from, std::uint64_t bytes) {
  const RuntimeApi& api = platform().runtime();
  if (!pinned()) {
    copy_async(to, from, bytes, Direction::to_device, stream_);
    api.stream_synchronize(stream_);
    return;
  }
  const auto* const source = static_cast<const std::byte*>(from);
  int turn = 0;
  for (std::uint64_t at = 0; at < bytes; at += kPieceBytes, turn ^= 1) {
    Piece& piece = pieces_[turn];
    const std::uint64_t part = std::min(kPieceBytes, bytes - at);
    settle(piece);
    std::memcpy(piece.memory, source + at, part);
    copy_async(to + at, piece.memory, part, Direction::to_device, stream_);
    api.event_record(piece.done, stream_);
    piece.travels = true;
  }
  for (Piece& piece : pieces_) settle(piece);
}

void Staging::download(void* to, const std::byte* from, std::uint64_t bytes) {
  const RuntimeApi& api = platform().runtime();
  if (!pinned()) {
    copy_async(to, from, bytes, Direction::to_host, stream_);
    api.stream_synchronize(stream_);
    return;
  }
  auto* const target = static_cast<std::byte*>(to);
  const auto send = [&](std::uint64_t at, Piece& piece) {
    copy_async(piece.memory, from + at, std::min(kPieceBytes, bytes - at), Direction::to_host,
               stream_);
    api.event_record(piece.done, stream_);
    piece.travels = true;
  };
  int turn = 0;
  if (bytes != 0) send(0, pieces_[0]);
  for (std::uint64_t at = 0; at < bytes; at += kPieceBytes, turn ^= 1) {
    if (at + kPieceBytes < bytes) send(at + kPieceBytes, pieces_[turn ^ 1]);
    settle(pieces_[turn]);
    std::memcpy(target + at, pieces_[turn].memory, std::min(kPieceBytes, bytes - at));
  }
}

}  // namespace assay::backends::cudalike
