#include "tests/fakes/cudalike/cudnn/descriptors.h"

#include <algorithm>
#include <cstring>
#include <set>

namespace assay::fakes::cudalike::dnn {
namespace {

constexpr int kPointwiseMode = 0, kPointwisePrecision = 1, kPointwiseAxis = 9,
              kOperationPointwise = 750, kPointwiseX = 751, kPointwiseB = 752, kPointwiseY = 753,
              kPointwiseT = 758, kGraphOperations = 801, kTensorAlignment = 900, kTensorType = 901,
              kTensorDimensions = 902, kTensorStrides = 903, kTensorId = 906, kTensorVirtual = 907,
              kTensorByValue = 908, kMatmulPrecision = 1500, kMatmulA = 1520, kMatmulB = 1521,
              kMatmulC = 1522, kOperationMatmul = 1523, kReductionOperator = 1600,
              kReductionPrecision = 1601, kReductionX = 1610, kReductionY = 1611,
              kOperationReduction = 1612;

/// What an attribute of a kind may be set to.
struct Rule {
  Kind kind;
  int attribute, type;
  std::int64_t most = 1;
  bool required = true;
  std::set<Kind> children = {};
};

const std::vector<Rule>& rules() {
  static const std::set<Kind> tensor = {kTensor};
  static const std::vector<Rule> all = {
      {kTensor, kTensorAlignment, kInt64Type},
      {kTensor, kTensorType, kDataTypeType},
      {kTensor, kTensorDimensions, kInt64Type, 8},
      {kTensor, kTensorStrides, kInt64Type, 8},
      {kTensor, kTensorId, kInt64Type},
      {kTensor, kTensorVirtual, kBooleanType, 1, false},
      {kTensor, kTensorByValue, kBooleanType, 1, false},
      {kMatmul, kMatmulPrecision, kDataTypeType},
      {kPointwise, kPointwiseMode, kPointwiseModeType},
      {kPointwise, kPointwisePrecision, kDataTypeType},
      {kPointwise, kPointwiseAxis, kInt64Type, 1, false},
      {kReduction, kReductionOperator, kReductionOperatorType},
      {kReduction, kReductionPrecision, kDataTypeType},
      {kMatmulOperation, kMatmulA, kDescriptorType, 1, true, tensor},
      {kMatmulOperation, kMatmulB, kDescriptorType, 1, true, tensor},
      {kMatmulOperation, kMatmulC, kDescriptorType, 1, true, tensor},
      {kMatmulOperation, kOperationMatmul, kDescriptorType, 1, true, {kMatmul}},
      {kPointwiseOperation, kOperationPointwise, kDescriptorType, 1, true, {kPointwise}},
      {kPointwiseOperation, kPointwiseX, kDescriptorType, 1, true, tensor},
      {kPointwiseOperation, kPointwiseB, kDescriptorType, 1, false, tensor},
      {kPointwiseOperation, kPointwiseT, kDescriptorType, 1, false, tensor},
      {kPointwiseOperation, kPointwiseY, kDescriptorType, 1, true, tensor},
      {kReductionOperation, kReductionX, kDescriptorType, 1, true, tensor},
      {kReductionOperation, kReductionY, kDescriptorType, 1, true, tensor},
      {kReductionOperation, kOperationReduction, kDescriptorType, 1, true, {kReduction}},
      {kOperationGraph, kGraphHandle, kHandleType},
      {kOperationGraph,
       kGraphOperations,
       kDescriptorType,
       64,
       true,
       {kMatmulOperation, kPointwiseOperation, kReductionOperation}},
      {kHeuristics, kHeuristicsGraph, kDescriptorType, 1, true, {kOperationGraph}},
      {kHeuristics, kHeuristicsMode, kHeuristicsModeType},
      {kPlan, kPlanHandle, kHandleType},
      {kPlan, kPlanConfiguration, kDescriptorType, 1, true, {kEngineConfiguration}},
      {kVariantPack, kPackIds, kInt64Type, 64},
      {kVariantPack, kPackPointers, kPointerType, 64},
      {kVariantPack, kPackWorkspace, kPointerType, 1, false}};
  return all;
}

std::size_t size_of(int type) {
  switch (type) {
    case kBooleanType:
      return 1;
    case kDataTypeType:
    case kHeuristicsModeType:
    case kPointwiseModeType:
    case kReductionOperatorType:
      return 4;
    default:
      return 8;
  }
}

const Rule* rule_of(Kind kind, int attribute) {
  for (const Rule& rule : rules()) {
    if (rule.kind == kind && rule.attribute == attribute) return &rule;
  }
  return nullptr;
}

std::map<void*, std::shared_ptr<Descriptor>>& descriptors() {
  static auto* const once = new std::map<void*, std::shared_ptr<Descriptor>>;
  return *once;
}

Answer set_children(Descriptor::Value& to, const Rule& rule) {
  for (std::int64_t i = 0; i < to.count; ++i) {
    void* address = nullptr;
    std::memcpy(&address, to.bytes.data() + i * 8, sizeof address);
    const auto child = descriptor_of(address);
    if (child == nullptr) return {Status::null, "a descriptor is none"};
    if (!rule.children.contains(child->kind)) return {Status::bad, "a descriptor of another kind"};
    if (!child->finalized) return {Status::not_finalized, "a descriptor is not finalized"};
    to.descriptors.push_back(child);
  }
  return {};
}

Answer finalized_tensor(const Descriptor& d) {
  const auto extents = d.numbers(kTensorDimensions), strides = d.numbers(kTensorStrides);
  if (extents.size() != strides.size()) return {Status::bad, "dimensions and strides differ"};
  if (std::ranges::any_of(extents, [](std::int64_t one) { return one < 1; })) {
    return {Status::bad, "an extent below 1"};
  }
  const auto type = static_cast<int>(d.number(kTensorType));
  if (!is_known_type(type)) return {Status::bad, "no such type"};
  const std::int64_t alignment = d.number(kTensorAlignment);
  if (alignment < 1 || alignment % static_cast<std::int64_t>(bytes_of(type)) != 0 ||
      (alignment & (alignment - 1)) != 0) {
    return {Status::bad, "the alignment"};
  }
  const bool by_value = d.number(kTensorByValue) != 0;
  if (by_value && (d.number(kTensorVirtual) != 0 ||
                   std::ranges::any_of(extents, [](std::int64_t one) { return one != 1; }))) {
    return {Status::bad, "by value, and no scalar"};
  }
  return {};
}

Tensor tensor_of(const Descriptor& d) {
  Tensor tensor;
  tensor.id = d.number(kTensorId);
  tensor.type = static_cast<int>(d.number(kTensorType));
  tensor.alignment = d.number(kTensorAlignment);
  tensor.is_virtual = d.number(kTensorVirtual) != 0;
  tensor.by_value = d.number(kTensorByValue) != 0;
  const auto extents = d.numbers(kTensorDimensions), strides = d.numbers(kTensorStrides);
  for (std::size_t i = 0; i < 4 && i < extents.size(); ++i) {
    tensor.extents[i] = extents[i];
    tensor.strides[i] = strides[i];
  }
  return tensor;
}

/// Adds the operation and its tensors; says what is wrong with it.
Answer add(const Descriptor& d, Graph& graph) {
  const auto tensor = [&](int attribute) -> std::int64_t {
    if (!d.has(attribute)) return -1;
    const Tensor one = tensor_of(d.child(attribute));
    graph.tensors.emplace(one.id, one);
    return one.id;
  };
  for (const auto& [attribute, value] : d.values) {
    for (const auto& child : value.descriptors) {
      if (child->kind != kTensor) continue;
      if (child->numbers(kTensorDimensions).size() != 4) {
        return {Status::unsupported, "this fake knows tensors of 4 dimensions alone"};
      }
      const Tensor one = tensor_of(*child);
      const auto [known, is_new] = graph.tensors.emplace(one.id, one);
      if (!is_new && known->second != one) return {Status::bad, "two tensors of one number"};
    }
  }
  Operation made;
  if (d.kind == kMatmulOperation) {
    made = {What::matmul, 0, -1, tensor(kMatmulA), tensor(kMatmulB), -1, tensor(kMatmulC)};
  } else if (d.kind == kReductionOperation) {
    made = {What::reduction,
            static_cast<int>(d.child(kOperationReduction).number(kReductionOperator)),
            -1,
            tensor(kReductionX),
            -1,
            -1,
            tensor(kReductionY)};
  } else {
    const Descriptor& how = d.child(kOperationPointwise);
    made = {What::pointwise,
            static_cast<int>(how.number(kPointwiseMode)),
            static_cast<int>(how.number(kPointwiseAxis, -1)),
            tensor(kPointwiseX),
            tensor(kPointwiseB),
            tensor(kPointwiseT),
            tensor(kPointwiseY)};
  }
  const std::string why = fault_of(made, graph);
  graph.operations.push_back(made);
  return why.empty() ? Answer{} : Answer{Status::bad, why};
}

Answer finalized_graph(Descriptor& d) {
  auto graph = std::make_shared<Graph>();
  for (const auto& operation : d.values.at(kGraphOperations).descriptors) {
    if (Answer answer = add(*operation, *graph); answer.status != 0) return answer;
  }
  if (const std::string why = fault_of(*graph); !why.empty()) return {Status::bad, why};
  d.graph = std::move(graph);
  return {};
}

Answer finalized_pack(const Descriptor& d) {
  auto ids = d.numbers(kPackIds);
  if (ids.size() != d.pointers(kPackPointers).size()) {
    return {Status::bad, "as many numbers as pointers are needed"};
  }
  std::ranges::sort(ids);
  if (std::ranges::adjacent_find(ids) != ids.end()) return {Status::bad, "a number comes twice"};
  return {};
}

}  // namespace

std::int64_t Descriptor::number(int attribute, std::int64_t otherwise) const {
  const auto found = values.find(attribute);
  if (found == values.end()) return otherwise;
  const auto& bytes = found->second.bytes;
  if (bytes.size() == 1) return std::to_integer<std::int64_t>(bytes[0]);
  if (bytes.size() == 4) {
    std::int32_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  return numbers(attribute).at(0);
}

std::vector<std::int64_t> Descriptor::numbers(int attribute) const {
  const Value& value = values.at(attribute);
  std::vector<std::int64_t> out(static_cast<std::size_t>(value.count));
  std::memcpy(out.data(), value.bytes.data(), value.bytes.size());
  return out;
}

std::vector<void*> Descriptor::pointers(int attribute) const {
  const auto found = values.find(attribute);
  if (found == values.end()) return {};
  std::vector<void*> out(static_cast<std::size_t>(found->second.count));
  std::memcpy(out.data(), found->second.bytes.data(), found->second.bytes.size());
  return out;
}

std::shared_ptr<Descriptor> descriptor_of(void* address) {
  const auto found = descriptors().find(address);
  return found == descriptors().end() ? nullptr : found->second;
}

void* made(Kind kind) {
  auto descriptor = std::make_shared<Descriptor>(kind);
  void* const address = descriptor.get();
  descriptors().emplace(address, std::move(descriptor));
  return address;
}

bool destroyed(void* address) {
  return descriptors().erase(address) == 1;
}

bool is_known_kind(int kind) {
  return kind == kEngineConfiguration ||
         std::ranges::any_of(rules(), [kind](const Rule& rule) { return rule.kind == kind; });
}

Answer set(Descriptor& to, int attribute, int type, std::int64_t count, const void* values) {
  if (to.finalized) return {Status::bad, "set after it was finalized"};
  const Rule* const rule = rule_of(to.kind, attribute);
  if (rule == nullptr) return {Status::bad, "no attribute of this descriptor"};
  if (type != rule->type) return {Status::attribute_type, "an attribute of another type"};
  if (count < 1 || count > rule->most) return {Status::bad, "the number of elements"};
  if (values == nullptr) return {Status::bad, "the values are null"};
  Descriptor::Value value;
  value.count = count;
  const auto* const bytes = static_cast<const std::byte*>(values);
  value.bytes.assign(bytes, bytes + static_cast<std::size_t>(count) * size_of(type));
  if (!rule->children.empty()) {
    if (Answer answer = set_children(value, *rule); answer.status != 0) return answer;
  }
  to.values[attribute] = std::move(value);
  return {};
}

Answer finalized(Descriptor& d) {
  if (d.finalized) return {Status::bad, "finalized already"};
  for (const Rule& rule : rules()) {
    if (rule.kind == d.kind && rule.required && !d.has(rule.attribute)) {
      return {Status::bad, "attribute " + std::to_string(rule.attribute) + " was not set"};
    }
  }
  Answer answer;
  Graph alone;
  switch (d.kind) {
    case kTensor:
      answer = finalized_tensor(d);
      break;
    case kMatmulOperation:
    case kPointwiseOperation:
    case kReductionOperation:
      answer = add(d, alone);
      break;
    case kOperationGraph:
      answer = finalized_graph(d);
      break;
    case kVariantPack:
      answer = finalized_pack(d);
      break;
    case kEngineConfiguration:
      answer = {Status::bad, "an engine configuration without an engine"};
      break;
    default:
      break;
  }
  d.finalized = answer.status == 0;
  return answer;
}

}  // namespace assay::fakes::cudalike::dnn
