// Attention by the vendor's library: cuDNN's graph interface.
#pragma once

#include <memory>
#include <string>

#include "backends/cudalike/device.h"
#include "backends/cudalike/kept_plans.h"
#include "backends/cudalike/library_session.h"
#include "kernels/attention/shape.h"

namespace assay::backends::cudalike {

/// The graph interface's calls, after cudnn_graph.h of cuDNN 9.
struct GraphApi {
  Call<int(void**)> create;
  Call<int(void*)> destroy;
  Call<int(void*, Stream)> set_stream;
  Call<std::size_t()> version;
  Call<const char*(int)> error_string;
  Call<void(char*, std::size_t)> last_error;
  Call<int(int, void**)> descriptor_create;
  Call<int(void*)> descriptor_destroy, finalize;
  Call<int(void*, int, int, std::int64_t, const void*)> set_attribute;
  Call<int(void*, int, int, std::int64_t, std::int64_t*, void*)> get_attribute;
  Call<int(void*, void*, void*)> execute;
};

void bind(GraphApi& api, Binder& binder);

class AttentionPlans;

class AttentionSession : public LibrarySession<GraphApi> {
 public:
  static std::unique_ptr<AttentionSession> open(Device& device, std::string& reason);
  std::string version() const;
  std::shared_ptr<AttentionPlans> plans(const kernels::AttentionShape& shape);

 private:
  AttentionSession() = default;
  KeptPlans<AttentionPlans> plans_;
};

}  // namespace assay::backends::cudalike
