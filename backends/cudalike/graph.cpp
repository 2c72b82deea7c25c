#include "backends/cudalike/graph.h"

#include <algorithm>
#include <utility>

namespace assay::backends::cudalike {

using namespace graph;

GraphDescriptor::GraphDescriptor(const GraphApi& api, Kind kind) : api_(&api) {
  api.descriptor_create(kind, &made_);
}

GraphDescriptor::~GraphDescriptor() {
  if (made_ != nullptr) api_->descriptor_destroy.pointer(made_);
}

GraphDescriptor::GraphDescriptor(GraphDescriptor&& other) noexcept
    : api_(other.api_), made_(std::exchange(other.made_, nullptr)) {}

void GraphDescriptor::set(Attribute attribute, ValueType type, std::int64_t count,
                          const void* values) {
  api_->set_attribute(made_, attribute, type, count, values);
}

void GraphDescriptor::set_number(Attribute attribute, ValueType type, int value) {
  set(attribute, type, 1, &value);
}

void GraphDescriptor::set_descriptor(Attribute attribute, const GraphDescriptor& other) {
  void* const handle = other.get();
  set(attribute, kDescriptor, 1, &handle);
}

void GraphDescriptor::finalize() {
  api_->finalize(made_);
}

GraphDescriptor& GraphBuilder::finished(GraphDescriptor&& descriptor) {
  descriptor.finalize();
  parts_.push_back(std::move(descriptor));
  return parts_.back();
}

GraphBuilder::Tensor GraphBuilder::tensor(std::int64_t id, Type type, const Extents& extents,
                                          const Extents& strides, bool is_virtual, bool by_value) {
  constexpr std::int64_t kAlignment = 16;
  GraphDescriptor made(api_, kTensor);
  made.set(kTensorAlignment, kInt64, 1, &kAlignment);
  made.set_number(kTensorType, kDataType, type);
  made.set(kTensorDimensions, kInt64, 4, extents.data());
  made.set(kTensorStrides, kInt64, 4, strides.data());
  made.set(kTensorId, kInt64, 1, &id);
  made.set(kTensorVirtual, kBoolean, 1, &is_virtual);
  made.set(kTensorByValue, kBoolean, 1, &by_value);
  made.finalize();
  tensors_.push_back(std::move(made));
  return {tensors_.size() - 1, extents};
}

GraphBuilder::Tensor GraphBuilder::input(std::int64_t id, Type type, const Extents& extents,
                                         const Extents& strides) {
  return tensor(id, type, extents, strides, false, false);
}

GraphBuilder::Tensor GraphBuilder::scalar(std::int64_t id, Type type) {
  return tensor(id, type, {1, 1, 1, 1}, {1, 1, 1, 1}, false, true);
}

GraphBuilder::Tensor GraphBuilder::between(Type type, const Extents& extents) {
  const Extents strides = {extents[1] * extents[2] * extents[3], extents[2] * extents[3],
                           extents[3], 1};
  return tensor(next_id_++, type, extents, strides, true, false);
}

void GraphBuilder::operation(Kind kind, Attribute how_attribute, GraphDescriptor&& how,
                             std::initializer_list<std::pair<Attribute, Tensor>> tensors) {
  const GraphDescriptor& made = finished(std::move(how));
  GraphDescriptor operation(api_, kind);
  operation.set_descriptor(how_attribute, made);
  for (const auto& [attribute, tensor] : tensors) {
    operation.set_descriptor(attribute, tensors_[tensor.index]);
  }
  operation.finalize();
  operations_.push_back(std::move(operation));
}

GraphDescriptor GraphBuilder::pointwise_kind(Mode mode, Type precision) {
  GraphDescriptor kind(api_, kPointwise);
  kind.set_number(kPointwiseMode, kPointwiseModeType, mode);
  kind.set_number(kPointwisePrecision, kDataType, precision);
  return kind;
}

void GraphBuilder::matmul(Tensor a, Tensor b, Tensor c) {
  GraphDescriptor kind(api_, kMatmul);
  kind.set_number(kMatmulPrecision, kDataType, kFloat);
  operation(kMatmulOperation, kOperationMatmul, std::move(kind),
            {{kMatmulA, a}, {kMatmulB, b}, {kMatmulC, c}});
}

void GraphBuilder::pointwise(Mode mode, Tensor x, Tensor y, Type precision) {
  operation(kPointwiseOperation, kOperationPointwise, pointwise_kind(mode, precision),
            {{kPointwiseX, x}, {kPointwiseY, y}});
}

void GraphBuilder::pointwise(Mode mode, Tensor x, Tensor b, Tensor y, Type precision) {
  operation(kPointwiseOperation, kOperationPointwise, pointwise_kind(mode, precision),
            {{kPointwiseX, x}, {kPointwiseB, b}, {kPointwiseY, y}});
}

void GraphBuilder::select(Tensor x, Tensor b, Tensor mask, Tensor y) {
  operation(kPointwiseOperation, kOperationPointwise, pointwise_kind(kSelect, kFloat),
            {{kPointwiseX, x}, {kPointwiseB, b}, {kPointwiseT, mask}, {kPointwiseY, y}});
}

void GraphBuilder::index(std::int64_t axis, Tensor x, Tensor y) {
  GraphDescriptor kind = pointwise_kind(kIndex, kFloat);
  kind.set(kPointwiseAxis, kInt64, 1, &axis);
  operation(kPointwiseOperation, kOperationPointwise, std::move(kind),
            {{kPointwiseX, x}, {kPointwiseY, y}});
}

void GraphBuilder::reduce(Reduction reduction, Tensor x, Tensor y) {
  GraphDescriptor kind(api_, kReduction);
  kind.set_number(kReductionOperator, kReductionOperatorType, reduction);
  kind.set_number(kReductionPrecision, kDataType, kFloat);
  operation(kReductionOperation, kOperationReduction, std::move(kind),
            {{kReductionX, x}, {kReductionY, y}});
}

void GraphBuilder::ask_heuristics(const GraphDescriptor& operations, int mode) {
  constexpr std::int64_t kMost = 8;
  proposals_.emplace_back(api_, kHeuristics);
  GraphDescriptor& heuristics = proposals_.back();
  heuristics.set_descriptor(kHeuristicsGraph, operations);
  heuristics.set_number(kHeuristicsMode, kHeuristicsModeType, mode);
  if (target_.device != nullptr) heuristics.set_descriptor(kHeuristicsDevice, *target_.device);
  heuristics.finalize();
  void* const asked = heuristics.get();
  const std::size_t first = proposals_.size();
  for (std::int64_t i = 0; i < kMost; ++i) proposals_.emplace_back(api_, kEngineConfiguration);
  for (std::int64_t i = 0; i < kMost; ++i) {
    configurations_.push_back(proposals_[first + static_cast<std::size_t>(i)].get());
  }
  std::int64_t returned = 0;
  api_.get_attribute(asked, kHeuristicsResults, kDescriptor, kMost, &returned,
                     configurations_.data());
  configurations_.resize(static_cast<std::size_t>(returned));
}

void GraphBuilder::propose() {
  std::vector<void*> handles;
  for (const GraphDescriptor& operation : operations_) handles.push_back(operation.get());
  proposals_.emplace_back(api_, kOperationGraph);
  // The heuristics' descriptors come behind it.
  proposals_.reserve(proposals_.size() + 16);
  GraphDescriptor& operations = proposals_.front();
  operations.set(kGraphOperations, kDescriptor, static_cast<std::int64_t>(handles.size()),
                 handles.data());
  if (target_.device == nullptr) operations.set(kGraphHandle, kHandle, 1, &target_.handle);
  try {
    operations.finalize();
    ask_heuristics(operations, kBest);
  } catch (const sdk::Failure& failure) {
    configurations_.clear();
    why_ = failure.what();
  }
  plans_.reserve(configurations_.size());  // those that were handed out stay where they are
}

std::span<const GraphDescriptor> GraphBuilder::plans(std::size_t limit, std::string& why) {
  if (!proposed_) propose();
  proposed_ = true;
  while (plans_.size() < limit && next_configuration_ < configurations_.size()) {
    void* const configuration = configurations_[next_configuration_++];
    try {
      GraphDescriptor plan(api_, kPlan);
      if (target_.device == nullptr) plan.set(kPlanHandle, kHandle, 1, &target_.handle);
      if (target_.device != nullptr) plan.set_descriptor(kPlanDevice, *target_.device);
      plan.set(kPlanConfiguration, kDescriptor, 1, &configuration);
      plan.finalize();
      plans_.push_back(std::move(plan));
    } catch (const sdk::Failure& failure) {
      why_ = failure.what();
    }
  }
  why = why_.empty() ? "the heuristics propose no engine for it" : why_;
  return std::span(plans_).first(std::min(limit, plans_.size()));
}

std::int64_t plan_workspace(const GraphApi& api, const GraphDescriptor& plan) {
  std::int64_t bytes = 0, count = 0;
  api.get_attribute(plan.get(), kPlanWorkspace, kInt64, 1, &count, &bytes);
  return bytes;
}

}  // namespace assay::backends::cudalike
