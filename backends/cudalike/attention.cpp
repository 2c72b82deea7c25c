#include "backends/cudalike/attention.h"

#include <fmt/format.h>

#include "backends/cudalike/attention_graph.h"

namespace assay::backends::cudalike {
namespace {

const char* (*error_string)(int) = nullptr;
void (*last_error)(char*, std::size_t) = nullptr;

std::string graph_status_text(int status) {
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
  std::unique_ptr<AttentionSession> session(new AttentionSession);
  const GraphApi& api = session->api_;
  // CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED; NOT_SUPPORTED and its ARCH_MISMATCH.
  reason = session->open_library(dialect.libraries.attention, "attention",
                                 {graph_status_text, 4004, {3000, 3007}}, [&] {
                                   error_string = api.error_string.pointer;
                                   last_error = api.last_error.pointer;
                                   api.create(&session->handle_);
                                   api.set_stream(session->handle_, device.stream());
                                 });
  return reason.empty() ? std::move(session) : nullptr;
}

std::shared_ptr<AttentionPlans> AttentionSession::plans(const kernels::AttentionShape& s) {
  const std::string key = fmt::format("{} {} {} {} {} {} {} {} {} {}", s.b, s.hq, s.hkv, s.sq,
                                      s.skv, s.d, s.dv, name(s.type), s.causal, s.scale());
  return plans_.get(
      key, [&] { return std::make_shared<AttentionPlans>(api_, GraphTarget{handle_}, s); });
}

std::string AttentionSession::version() const {
  return std::to_string(api_.version.pointer());
}

}  // namespace assay::backends::cudalike
