#include "backends/cudalike/attention.h"

#include <fmt/format.h>

namespace assay::backends::cudalike {
namespace {

const char* (*error_string)(int) = nullptr;
void (*last_error)(char*, std::size_t) = nullptr;

std::string status_text(int status) {
  const char* const text = error_string == nullptr ? nullptr : error_string(status);
  std::string all = text == nullptr ? "" : text;
  if (last_error != nullptr) {
    char more[512] = "";
    last_error(more, sizeof more);
    if (more[0] != '\0') all += fmt::format(": {}", more);
  }
  return all;
}

}  // namespace

void bind(GraphApi& api, Binder& binder) {
  binder.required(api.create, "cudnnCreate");
  binder.required(api.destroy, "cudnnDestroy");
  binder.required(api.set_stream, "cudnnSetStream");
  binder.required(api.version, "cudnnGetVersion");
  binder.optional(api.error_string, "cudnnGetErrorString");
  binder.optional(api.last_error, "cudnnGetLastErrorString");
  binder.required(api.descriptor_create, "cudnnBackendCreateDescriptor");
  binder.required(api.descriptor_destroy, "cudnnBackendDestroyDescriptor");
  binder.required(api.finalize, "cudnnBackendFinalize");
  binder.required(api.set_attribute, "cudnnBackendSetAttribute");
  binder.required(api.get_attribute, "cudnnBackendGetAttribute");
  binder.required(api.execute, "cudnnBackendExecute");
}

std::unique_ptr<AttentionSession> AttentionSession::open(Device& device, std::string& reason) {
  const Dialect& dialect = platform().dialect();
  if (dialect.libraries.attention.empty()) {
    reason = dialect.no_attention;
    return nullptr;
  }
  sdk::Pairs tried;
  const Library library = platform().beside(dialect.libraries.attention, "attention", tried);
  if (!library) {
    reason = fmt::format("no {} can be opened: {}", dialect.libraries.attention.front(),
                         tried.empty() ? "" : tried.back().second);
    return nullptr;
  }
  std::unique_ptr<AttentionSession> session(new AttentionSession);
  // CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED; NOT_SUPPORTED and its ARCH_MISMATCH.
  // below.
  session->statuses_ = {status_text, 4004, {3000, 3007}};
  session->path_ = library.path;
  Binder binder(dialect, library, &session->statuses_);
  bind(session->api_, binder);
  if (!binder.missing().empty()) {
    reason = fmt::format("{} lacks {}", library.path, fmt::join(binder.missing(), ", "));
    return nullptr;
  }
  error_string = session->api_.error_string.pointer;
  last_error = session->api_.last_error.pointer;
  try {
    session->api_.create(&session->handle_);
    session->api_.set_stream(session->handle_, device.stream());
  } catch (const sdk::Failure& failure) {
    reason = failure.what();
    return nullptr;
  }
  return session;
}

AttentionSession::~AttentionSession() {
  if (handle_ != nullptr) api_.destroy.pointer(handle_);
}

std::string AttentionSession::version() const {
  return std::to_string(api_.version.pointer());
}

}  // namespace assay::backends::cudalike
