// The calls that the engine makes, under NVIDIA's names without their prefix. Signatures are our
// own: opaque handles are void*, enumerations int, device pointers of the driver interface 64-bit
// integers. Where the vendors' headers are installed, tests/cudalike compares the two.
#pragma once

#include <cstddef>
#include <cstdint>

#include "backends/cudalike/call.h"

namespace assay::backends::cudalike {

using Stream = void*;
using Event = void*;

struct RuntimeApi {
  Call<int(int*)> get_device_count, runtime_version, driver_version;
  Call<int(int)> set_device;
  Call<int(int*, int, int)> get_attribute;
  Call<int(char*, int, int)> get_pci_bus_id;
  Call<int(std::size_t*, std::size_t*)> memory_info;
  Call<const char*(int)> error_string;
  Call<int()> last_error;

  Call<int(void**, std::size_t)> malloc;
  Call<int(void*)> free;
  Call<int(void**, std::size_t, unsigned)> host_alloc;
  Call<int(void*)> host_free;
  Call<int(void*, const void*, std::size_t, int, Stream)> memcpy_async;
  /// The same call with the stream before the kind.
  Call<int(void*, const void*, std::size_t, Stream, int)> memcpy_async_stream_first;
  Call<int(void*, int, std::size_t, Stream)> memset_async;
  Call<int()> reset_persisting_l2;

  Call<int(Stream*, unsigned)> stream_create;
  Call<int(Stream)> stream_synchronize, stream_destroy;
  Call<int(Event*, unsigned)> event_create;
  Call<int(Event, Stream)> event_record;
  Call<int(Event)> event_synchronize, event_destroy;
  Call<int(float*, Event, Event)> event_elapsed;

  Call<int(Stream, int)> begin_capture;
  Call<int(Stream, void**)> end_capture;
  Call<int(void**, void*, unsigned long long)> graph_instantiate;
  Call<int(void*, Stream)> graph_launch;
  Call<int(void*)> graph_destroy, graph_exec_destroy;

  bool has_graphs() const {
    return begin_capture && end_capture && graph_instantiate && graph_launch && graph_destroy &&
           graph_exec_destroy;
  }
};

struct DriverApi {
  Call<int(unsigned)> init;
  Call<int(int*, int)> get_device;
  Call<int(char*, int, int)> device_name;
  Call<int(char*, int)> device_uuid;  ///< writes 16 bytes
  Call<int(std::size_t*, int)> total_memory;
  Call<int(int, const char**)> error_string;

  Call<int(void**, const void*)> module_load;
  Call<int(void*)> module_unload;
  Call<int(void**, void*, const char*)> module_function;
  Call<int(void*, int, int)> function_attribute;
  Call<int(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, Stream,
           void**, void**)>
      launch;

  bool has_modules() const { return module_load && module_unload && module_function && launch; }
};

struct CompilerApi {
  Call<int(int*, int*)> version;
  Call<int(void**, const char*, const char*, int, const char* const*, const char* const*)> create;
  Call<int(void*, int, const char* const*)> compile;
  Call<int(void*, std::size_t*)> log_size, cubin_size, ptx_size;
  Call<int(void*, char*)> log, cubin, ptx;
  Call<int(void**)> destroy;
  Call<const char*(int)> error_string;
};

struct BlasApi {
  Call<int(void**)> create;
  Call<int(void*)> destroy;
  Call<int(void*, Stream)> set_stream;
  Call<int(void*, int*)> version;
  Call<int(void*, int)> set_math_mode;
  Call<int(void*, void*, std::size_t)> set_workspace;
  Call<const char*(int)> status_string;
  Call<int(void*, int, int, int, int, int, const void*, const void*, int, int, const void*, int,
           int, const void*, void*, int, int, int, int)>
      gemm;
  Call<int(void*, int, int, int, int, int, const void*, const void*, int, int, long long,
           const void*, int, int, long long, const void*, void*, int, int, long long, int, int,
           int)>
      gemm_batched;
};

struct BlasLtApi {
  Call<int(void**)> create;
  Call<int(void*)> destroy;
  Call<std::size_t()> version;
  Call<int(void**, int, int)> desc_create;
  Call<int(void*, int, const void*, std::size_t)> desc_set, layout_set, preference_set;
  Call<int(void*)> desc_destroy, layout_destroy, preference_destroy;
  Call<int(void**, int, std::uint64_t, std::uint64_t, std::int64_t)> layout_create;
  Call<int(void**)> preference_create;
  /// Results are structs that begin with the algorithm (ResultTail in blas_lt.cpp has the rest).
  Call<int(void*, void*, void*, void*, void*, void*, void*, int, void*, int*)> heuristic;
  Call<int(void*, void*, const void*, const void*, void*, const void*, void*, const void*,
           const void*, void*, void*, void*, const void*, void*, std::size_t, Stream)>
      matmul;
  Call<int(const void*, int, void*, std::size_t, std::size_t*)> algorithm_get;
};

/// 128 bytes, passed by value.
struct CollectivesId {
  char bytes[128];
};

struct CollectivesApi {
  Call<int(CollectivesId*)> get_id;
  Call<int(void**, int, CollectivesId, int)> create;
  Call<int(void*)> destroy;
  Call<int(int*)> version;
  Call<const char*(int)> status_string;
  /// From, to, elements, type, operation, communicator, stream.
  Call<int(const void*, void*, std::size_t, int, int, void*, Stream)> all_reduce, reduce_scatter;
  Call<int(const void*, void*, std::size_t, int, void*, Stream)> all_gather;
  Call<int(const void*, void*, std::size_t, int, int, void*, Stream)> broadcast;  ///< fifth: root
  Call<int(const void*, std::size_t, int, int, void*, Stream)> send;
  Call<int(void*, std::size_t, int, int, void*, Stream)> receive;
  Call<int()> group_start, group_end;
};

void bind(RuntimeApi& api, Binder& binder, bool stream_before_kind);
void bind(DriverApi& api, Binder& binder);
void bind(CompilerApi& api, Binder& binder);
void bind(BlasApi& api, Binder& binder);
void bind(BlasLtApi& api, Binder& binder);
void bind(CollectivesApi& api, Binder& binder);

}  // namespace assay::backends::cudalike
