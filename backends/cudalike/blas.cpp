#include "backends/cudalike/blas.h"

#include <fmt/format.h>

namespace assay::backends::cudalike {
namespace {

/// The status texts come from a call of the library itself.
const char* (*blas_status_string)(int) = nullptr;

std::string blas_status_text(int status) {
  const char* const text = blas_status_string == nullptr ? nullptr : blas_status_string(status);
  return text == nullptr ? "" : text;
}

}  // namespace

std::unique_ptr<BlasSession> BlasSession::open(Device& device, std::string& reason) {
  const Dialect& dialect = platform().dialect();
  if (dialect.libraries.blas.empty()) {
    reason = fmt::format("no BLAS of {} with a C interface is known", dialect.vendor);
    return nullptr;
  }
  std::unique_ptr<BlasSession> session(new BlasSession);
  const BlasNumbers& numbers = dialect.blas;
  const BlasApi& api = session->api_;
  reason = session->open_library(dialect.libraries.blas, "blas",
                                 statuses_of(numbers, blas_status_text), [&] {
                                   blas_status_string = api.status_string.pointer;
                                   api.create(&session->handle_);
                                   api.set_stream(session->handle_, device.stream());
                                 });
  if (!reason.empty()) return nullptr;
  int version = 0;
  if (api.version && api.version.status(session->handle_, &version) == 0) {
    session->version_ = std::to_string(version);
  }
  session->precise_ = numbers.precise_math != 0 && api.set_math_mode &&
                      api.set_math_mode.status(session->handle_, numbers.precise_math) == 0;
  session->give_workspace(device);
  return session;
}

/// Of its own cuBLAS takes memory inside a captured graph since CUDA 12.2, at every launch of it
/// (cuBLAS, "cublasSetWorkspace" and "CUDA Graphs Support"). Set after the stream, which resets it.
void BlasSession::give_workspace(const Device& device) {
  if (!api_.set_workspace) return;
  // As large as its own: cuBLAS, "cublasSetWorkspace".
  const std::uint64_t bytes = std::uint64_t{device.capability() >= 90 ? 32U : 4U} << 20;
  try {
    workspace_ = std::make_unique<Buffer>(bytes, device.stream());
  } catch (const sdk::Failure&) {
    return;  // there is no room beside the operands
  }
  if (api_.set_workspace.status(handle_, workspace_->data(), bytes) != 0) workspace_.reset();
}

}  // namespace assay::backends::cudalike
