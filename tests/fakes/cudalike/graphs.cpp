// Capture of a stream's work, and graphs made of it.
#include "tests/fakes/cudalike/machine.h"

using namespace assay::fakes;
using namespace assay::fakes::cudalike;

FAKE_EXPORT Status RUNTIME(StreamBeginCapture)(void* stream, int mode) {
  FAKE_ENTER(entered_device);
  Stream* const known = stream == nullptr ? nullptr : stream_of(stream);
  if (known == nullptr) return kept(kInvalidHandle);
  if (mode < 0 || mode > 2 || known->capturing) return kept(kInvalid);
  known->capturing = true;
  known->spoiled = false;
  known->captured.clear();
  return kOk;
}

FAKE_EXPORT Status RUNTIME(StreamEndCapture)(void* stream, void** graph) {
  FAKE_ENTER(entered_device);
  Stream* const known = stream == nullptr ? nullptr : stream_of(stream);
  if (known == nullptr || graph == nullptr) return kept(kInvalidHandle);
  *graph = nullptr;
  if (!known->capturing) return kept(kNotCapturing);
  known->capturing = false;
  if (known->spoiled) return kept(kCaptureInvalidated);
  auto* const made = new Graph{std::move(known->captured)};
  known->captured.clear();
  machine().graphs.insert(made);
  *graph = made;
  return kOk;
}

FAKE_EXPORT Status RUNTIME(GraphInstantiateWithFlags)(void** executable, void* graph,
                                                      unsigned long long flags) {
  FAKE_ENTER(entered_device);
  auto* const asked = static_cast<Graph*>(graph);
  if (executable == nullptr || !machine().graphs.contains(asked) || flags > 8) {
    return kept(kInvalid);
  }
  auto* const made = new ExecutableGraph{current_device(), asked->nodes};
  machine().executable_graphs.insert(made);
  *executable = made;
  return kOk;
}

FAKE_EXPORT Status RUNTIME(GraphLaunch)(void* executable, void* stream) {
  FAKE_ENTER(entered_device);
  auto* const asked = static_cast<ExecutableGraph*>(executable);
  Stream* const in = stream_of(stream);
  if (in == nullptr) return kept(kInvalidHandle);
  if (!machine().executable_graphs.contains(asked) || asked->device != in->device) {
    return kept(kInvalid);
  }
  for (const WorkQueue::Work& node : asked->nodes) push(*in, node);
  return kOk;
}

FAKE_EXPORT Status RUNTIME(GraphDestroy)(void* graph) {
  FAKE_ENTER(entered);
  auto* const asked = static_cast<Graph*>(graph);
  if (machine().graphs.erase(asked) == 0) return kept(kInvalid);
  delete asked;
  return kOk;
}

FAKE_EXPORT Status RUNTIME(GraphExecDestroy)(void* executable) {
  FAKE_ENTER(entered);
  auto* const asked = static_cast<ExecutableGraph*>(executable);
  if (machine().executable_graphs.erase(asked) == 0) return kept(kInvalid);
  delete asked;
  return kOk;
}
