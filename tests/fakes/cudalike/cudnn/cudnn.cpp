// cuDNN's graph interface: handles and what is done with descriptors.
#include <algorithm>
#include <cstdio>
#include <cstring>

#include "tests/fakes/cudalike/cudnn/descriptors.h"
#include "tests/fakes/cudalike/machine.h"

using namespace assay::fakes;
using namespace assay::fakes::cudalike;
namespace dnn = assay::fakes::cudalike::dnn;
using dnn::Answer;
using dnn::Descriptor;

namespace {

struct Handle {
  int device = 0;
  void* stream = nullptr;
};

std::map<void*, std::unique_ptr<Handle>>& handles() {
  static auto* const once = new std::map<void*, std::unique_ptr<Handle>>;
  return *once;
}

Handle* handle_of(void* handle) {
  const auto found = handles().find(handle);
  return found == handles().end() ? nullptr : found->second.get();
}

thread_local std::string last_words;

int told(const Answer& answer) {
  if (answer.status != 0) last_words = answer.why;
  return answer.status;
}

int entered_dnn(const char* call) {
  switch (fault_of(call)) {
    case Fault::fail:
      return told({dnn::Status::failed, "the device failed"});
    case Fault::out_of_memory:
      return told({dnn::Status::no_memory, "the device has no memory left"});
    default:
      return machine().broken == kOk ? 0 : told({dnn::Status::failed, "the device failed before"});
  }
}

/// Engines of fused attention, by their workspaces. The last is proposed, and refused as a plan.
constexpr std::int64_t kWorkspaces[] = {0, 1 << 20, 0};
constexpr int kRefused = 2;

/// Proposed engines go into configurations that the caller has made.
Answer propose(const Descriptor& heuristics, std::int64_t asked, std::int64_t* returned,
               void* configurations) {
  const auto& graph = heuristics.child(dnn::kHeuristicsGraph).graph;
  *returned = 0;
  if (!dnn::why_not_fused(*graph, machine().capability).empty()) return {};
  for (int engine = 0; engine < static_cast<int>(std::size(kWorkspaces)); ++engine) {
    if (*returned == asked) return {};
    void* address = nullptr;
    std::memcpy(&address, static_cast<const std::byte*>(configurations) + *returned * 8,
                sizeof address);
    const auto to = dnn::descriptor_of(address);
    if (to == nullptr || to->kind != dnn::kEngineConfiguration || to->finalized) {
      return {dnn::Status::bad, "results are engine configurations, made and not finalized"};
    }
    to->engine = engine;
    to->graph = graph;
    to->finalized = true;
    ++*returned;
  }
  return {};
}

Answer finalize_plan(Descriptor& plan) {
  const Descriptor& configuration = plan.child(dnn::kPlanConfiguration);
  const Handle* const handle = handle_of(plan.pointers(dnn::kPlanHandle)[0]);
  if (handle == nullptr) return {dnn::Status::null, "the plan's handle is none"};
  fault_of("a plan of cuDNN");  // 0.3 to 2 s each with cuDNN itself
  if (configuration.engine == kRefused) {
    return {dnn::Status::unsupported, "this engine has no kernel for the shape"};
  }
  plan.engine = configuration.engine;
  plan.graph = configuration.graph;
  plan.device = handle->device;
  plan.finalized = true;
  return {};
}

Answer gather(const dnn::Tensor& tensor, void* pointer, dnn::Bound& bound) {
  if (!tensor.by_value) {
    if (data_at(pointer, 1) == nullptr)
      return {dnn::Status::bad, "a pointer is none of the device"};
    if (reinterpret_cast<std::uintptr_t>(pointer) % static_cast<std::uintptr_t>(tensor.alignment)) {
      return {dnn::Status::misaligned, "a pointer is not aligned as its tensor says"};
    }
    bound.pointers[tensor.id] = pointer;
    return {};
  }
  if (pointer == nullptr || machine().memory.is_device_address(pointer)) {
    return {dnn::Status::bad, "a value lies with the host"};
  }
  if (tensor.type == dnn::kInt32Type) {
    std::int32_t value = 0;
    std::memcpy(&value, pointer, sizeof value);
    bound.scalars[tensor.id] = value;
  } else if (tensor.type == dnn::kFloatType) {
    float value = 0;
    std::memcpy(&value, pointer, sizeof value);
    bound.scalars[tensor.id] = static_cast<double>(value);
  } else {
    return {dnn::Status::unsupported, "this fake knows values of f32 and i32"};
  }
  return {};
}

Answer bind(const dnn::Graph& graph, const Descriptor& pack, dnn::Bound& bound) {
  const auto ids = pack.numbers(dnn::kPackIds);
  const auto pointers = pack.pointers(dnn::kPackPointers);
  std::size_t found = 0;
  for (const auto& [id, tensor] : graph.tensors) {
    if (tensor.is_virtual) continue;
    const auto at = std::ranges::find(ids, id);
    if (at == ids.end())
      return {dnn::Status::bad, "a tensor has no pointer: " + std::to_string(id)};
    const auto index = static_cast<std::size_t>(at - ids.begin());
    if (Answer answer = gather(tensor, pointers[index], bound); answer.status != 0) return answer;
    ++found;
  }
  if (found != ids.size()) return {dnn::Status::bad, "a pointer for no tensor of the graph"};
  return {};
}

Answer use_workspace(const Descriptor& plan, const Descriptor& pack, Stream& in) {
  const auto needed = static_cast<std::uint64_t>(kWorkspaces[plan.engine]);
  if (needed == 0) return {};
  const auto given = pack.pointers(dnn::kPackWorkspace);
  if (given.empty() || data_at(given[0], needed) == nullptr) {
    return {dnn::Status::bad, "the workspace is smaller than the plan asks for"};
  }
  push(in, [workspace = given[0], needed]() -> std::string {
    std::byte* const data = data_at(workspace, needed);
    if (data == nullptr) return "the workspace is gone";
    std::memset(data, 0x77, needed);
    return "";
  });
  return {};
}

Answer execute(void* handle, void* plan_address, void* pack_address, Fault fault) {
  const Handle* const known = handle_of(handle);
  const auto plan = dnn::descriptor_of(plan_address), pack = dnn::descriptor_of(pack_address);
  if (known == nullptr || plan == nullptr || pack == nullptr) {
    return {dnn::Status::null, "an argument is none"};
  }
  if (plan->kind != dnn::kPlan || pack->kind != dnn::kVariantPack) {
    return {dnn::Status::bad, "no plan, or no variant pack"};
  }
  if (!plan->finalized || !pack->finalized) return {dnn::Status::not_finalized, "not finalized"};
  Stream* const in = stream_of(known->stream);
  if (in == nullptr || plan->device != known->device) return {dnn::Status::bad, "another device"};
  dnn::Bound bound;
  if (Answer answer = bind(*plan->graph, *pack, bound); answer.status != 0) return answer;
  if (Answer answer = use_workspace(*plan, *pack, *in); answer.status != 0) return answer;
  const void* const result = bound.pointers.at(plan->graph->operations.back().y);
  push(*in, with_fault(fault, result, [graph = plan->graph, bound = std::move(bound)] {
    ++machine().launches;
    if (machine().time.counted()) machine().time.pass(10 * kLaunchSeconds);
    return dnn::computed(*graph, bound);
  }));
  return {};
}

}  // namespace

#define FAKE_ENTER_DNN()                       \
  const std::lock_guard lock(machine().mutex); \
  if (const int bad = entered_dnn(__func__); bad != 0) return bad

FAKE_EXPORT std::size_t cudnnGetVersion() {
  return 91900;
}

FAKE_EXPORT const char* cudnnGetErrorString(int status) {
  switch (status) {
    case 0:
      return "CUDNN_STATUS_SUCCESS";
    case dnn::Status::not_initialised:
      return "CUDNN_STATUS_NOT_INITIALIZED";
    case dnn::Status::unsupported:
      return "CUDNN_STATUS_NOT_SUPPORTED";
    case dnn::Status::no_memory:
      return "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED";
    case dnn::Status::failed:
      return "CUDNN_STATUS_EXECUTION_FAILED";
    default:
      return status / 1000 == 2 ? "CUDNN_STATUS_BAD_PARAM" : "CUDNN_UNKNOWN_STATUS";
  }
}

FAKE_EXPORT void cudnnGetLastErrorString(char* words, std::size_t bytes) {
  if (words != nullptr && bytes > 0) std::snprintf(words, bytes, "%s", last_words.c_str());
  last_words.clear();
}

FAKE_EXPORT int cudnnCreate(void** handle) {
  FAKE_ENTER_DNN();
  if (handle == nullptr) return told({dnn::Status::null, "where to put the handle is null"});
  if (machine().devices == 0) return told({dnn::Status::not_initialised, "there is no device"});
  auto made = std::make_unique<Handle>(Handle{current_device()});
  *handle = made.get();
  handles().emplace(*handle, std::move(made));
  return 0;
}

FAKE_EXPORT int cudnnDestroy(void* handle) {
  FAKE_ENTER_DNN();
  return handles().erase(handle) == 1 ? 0 : told({dnn::Status::null, "no handle"});
}

FAKE_EXPORT int cudnnSetStream(void* handle, void* stream) {
  FAKE_ENTER_DNN();
  Handle* const known = handle_of(handle);
  if (known == nullptr) return told({dnn::Status::null, "no handle"});
  if (stream_of(stream) == nullptr) return told({dnn::Status::bad, "no stream of the device"});
  known->stream = stream;
  return 0;
}

FAKE_EXPORT int cudnnBackendCreateDescriptor(int kind, void** descriptor) {
  FAKE_ENTER_DNN();
  if (descriptor == nullptr) return told({dnn::Status::null, "where to put it is null"});
  if (!dnn::is_known_kind(kind)) return told({dnn::Status::unsupported, "no such descriptor"});
  *descriptor = dnn::made(static_cast<dnn::Kind>(kind));
  return 0;
}

FAKE_EXPORT int cudnnBackendDestroyDescriptor(void* descriptor) {
  FAKE_ENTER_DNN();
  return dnn::destroyed(descriptor) ? 0 : told({dnn::Status::null, "no descriptor"});
}

FAKE_EXPORT int cudnnBackendSetAttribute(void* descriptor, int attribute, int type,
                                         std::int64_t count, const void* values) {
  FAKE_ENTER_DNN();
  const auto known = dnn::descriptor_of(descriptor);
  if (known == nullptr) return told({dnn::Status::null, "no descriptor"});
  return told(dnn::set(*known, attribute, type, count, values));
}

FAKE_EXPORT int cudnnBackendFinalize(void* descriptor) {
  FAKE_ENTER_DNN();
  const auto known = dnn::descriptor_of(descriptor);
  if (known == nullptr) return told({dnn::Status::null, "no descriptor"});
  if (const int bad = told(dnn::finalized(*known)); bad != 0) return bad;
  if (known->kind != dnn::kPlan) return 0;
  known->finalized = false;
  return told(finalize_plan(*known));
}

FAKE_EXPORT int cudnnBackendGetAttribute(void* descriptor, int attribute, int type,
                                         std::int64_t asked, std::int64_t* returned, void* values) {
  FAKE_ENTER_DNN();
  const auto known = dnn::descriptor_of(descriptor);
  if (known == nullptr) return told({dnn::Status::null, "no descriptor"});
  if (!known->finalized) return told({dnn::Status::not_finalized, "read before it was finalized"});
  if (asked < 1 || returned == nullptr || values == nullptr) {
    return told({dnn::Status::bad, "where to put the values"});
  }
  if (known->kind == dnn::kHeuristics && attribute == dnn::kHeuristicsResults) {
    if (type != dnn::kDescriptorType) return told({dnn::Status::attribute_type, "another type"});
    return told(propose(*known, asked, returned, values));
  }
  if (known->kind == dnn::kPlan && attribute == dnn::kPlanWorkspace) {
    if (type != dnn::kInt64Type) return told({dnn::Status::attribute_type, "another type"});
    std::memcpy(values, &kWorkspaces[known->engine], sizeof kWorkspaces[0]);
    *returned = 1;
    return 0;
  }
  return told({dnn::Status::unsupported, "this fake does not tell the attribute"});
}

FAKE_EXPORT int cudnnBackendExecute(void* handle, void* plan, void* pack) {
  const Fault fault = fault_of((std::string(__func__) + ".run").c_str());
  FAKE_ENTER_DNN();
  return told(execute(handle, plan, pack, fault));
}
