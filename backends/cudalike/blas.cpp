#include "backends/cudalike/blas.h"

#include <fmt/format.h>

namespace assay::backends::cudalike {
namespace {

/// The status texts come from a call of the library itself.
const char* (*status_string)(int) = nullptr;

std::string status_text(int status) {
  const char* const text = status_string == nullptr ? nullptr : status_string(status);
  return text == nullptr ? "" : text;
}

}  // namespace

std::unique_ptr<BlasSession> BlasSession::open(Device& device, std::string& reason) {
  const Dialect& dialect = platform().dialect();
  if (dialect.libraries.blas.empty()) {
    reason = fmt::format("no BLAS of {} with a C interface is known", dialect.vendor);
    return nullptr;
  }
  sdk::Pairs tried;
  const Library library = platform().beside(dialect.libraries.blas, "blas", tried);
  if (!library) {
    reason = fmt::format("no {} can be opened: {}", dialect.libraries.blas.front(),
                         tried.empty() ? "" : tried.back().second);
    return nullptr;
  }
  std::unique_ptr<BlasSession> session(new BlasSession);
  const BlasNumbers& numbers = dialect.blas;
  session->statuses_ = {
      status_text, numbers.out_of_memory, {numbers.unsupported[0], numbers.unsupported[1]}};
  session->path_ = library.path;
  Binder binder(dialect, library, &session->statuses_);
  bind(session->api_, binder);
  if (!binder.missing().empty()) {
    reason = fmt::format("{} lacks {}", library.path, fmt::join(binder.missing(), ", "));
    return nullptr;
  }
  const BlasApi& api = session->api_;
  status_string = api.status_string.pointer;
  try {
    api.create(&session->handle_);
    api.set_stream(session->handle_, device.stream());
  } catch (const sdk::Failure& failure) {
    reason = failure.what();
    return nullptr;
  }
  int version = 0;
  if (api.version && api.version.status(session->handle_, &version) == 0) {
    session->version_ = std::to_string(version);
  }
  session->precise_ = numbers.precise_math != 0 && api.set_math_mode &&
                      api.set_math_mode.status(session->handle_, numbers.precise_math) == 0;
  return session;
}

BlasSession::~BlasSession() {
  if (handle_ != nullptr) api_.destroy.pointer(handle_);
}

}  // namespace assay::backends::cudalike
