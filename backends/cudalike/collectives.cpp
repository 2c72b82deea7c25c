#include "backends/cudalike/collectives.h"

#include <fmt/format.h>

#include <cstring>

namespace assay::backends::cudalike {
namespace {

/// The status texts come from a call of the library itself.
const char* (*collective_status_string)(int) = nullptr;

std::string collective_status_text(int status) {
  const char* const text =
      collective_status_string == nullptr ? nullptr : collective_status_string(status);
  return text == nullptr ? "" : text;
}

}  // namespace

std::unique_ptr<CollectivesSession> CollectivesSession::open(Device& device, std::string& reason) {
  const Dialect& dialect = platform().dialect();
  if (dialect.libraries.collectives.empty()) {
    reason = dialect.no_collectives;
    return nullptr;
  }
  std::unique_ptr<CollectivesSession> session(new CollectivesSession(device.stream()));
  const CollectivesApi& api = session->api_;
  reason =
      session->open_library(dialect.libraries.collectives, "collectives", {collective_status_text},
                            [&] { collective_status_string = api.status_string.pointer; });
  if (!reason.empty()) return nullptr;
  int version = 0;
  if (api.version && api.version.status(&version) == 0) {
    session->version_ = std::to_string(version);
  }
  return session;
}

std::vector<std::byte> CollectivesSession::unique_id() const {
  CollectivesId id = {};
  api_.get_id(&id);
  const auto bytes = std::as_bytes(std::span(id.bytes));
  return {bytes.begin(), bytes.end()};
}

void CollectivesSession::join(std::span<const std::byte> id, int ranks, int rank) {
  CollectivesId copied = {};
  if (id.size() != sizeof copied.bytes) {
    throw sdk::Failure(ASSAY_INVALID, fmt::format("an id of {} bytes did not come from {}",
                                                  id.size(), api_.get_id.name));
  }
  std::memcpy(copied.bytes, id.data(), id.size());
  leave();
  meeting_ = std::make_unique<Buffer>(sizeof(float), stream_);
  api_.create(&handle_, ranks, copied, rank);
  ranks_ = ranks;
  rank_ = rank;
}

void CollectivesSession::leave() noexcept {
  if (handle_ == nullptr) return;
  platform().runtime().stream_synchronize.pointer(stream_);
  api_.destroy.pointer(handle_);
  handle_ = nullptr;
  ranks_ = rank_ = 0;
  meeting_.reset();
}

std::optional<int> summed_number(kernels::DataType type) {
  switch (type) {
    case kernels::DataType::i8:
      return 0;
    case kernels::DataType::i32:
      return 2;
    case kernels::DataType::f16:
      return 6;
    case kernels::DataType::f32:
      return kNcclFloat;
    case kernels::DataType::f64:
      return 8;
    case kernels::DataType::bf16:
      return 9;
    default:
      return std::nullopt;
  }
}

}  // namespace assay::backends::cudalike
