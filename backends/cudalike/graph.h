// Operation graphs of cuDNN's backend interface, as descriptors: tensors, operations on them, the
// engines that its heuristics propose, and plans of these. Numbers after cudnn_graph.h of cuDNN 9;
// a test compares them with that header.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "backends/cudalike/attention.h"

namespace assay::backends::cudalike {

namespace graph {
enum Kind : int {
  kPointwise = 0,
  kEngine = 2,
  kEngineConfiguration = 3,
  kHeuristics = 4,
  kPlan = 5,
  kPointwiseOperation = 13,
  kOperationGraph = 15,
  kVariantPack = 16,
  kTensor = 17,
  kMatmul = 18,
  kMatmulOperation = 19,
  kReduction = 21,
  kReductionOperation = 22,
  kDeviceProperties = 38
};
enum Attribute : int {
  kPointwiseMode = 0,
  kPointwisePrecision = 1,
  kPointwiseAxis = 9,
  kHeuristicsMode = 200,
  kHeuristicsGraph = 201,
  kHeuristicsResults = 202,
  kHeuristicsDevice = 204,
  kConfigurationEngine = 300,
  kPlanHandle = 400,
  kPlanConfiguration = 401,
  kPlanWorkspace = 402,
  kPlanDevice = 407,
  kOperationPointwise = 750,
  kPointwiseX = 751,
  kPointwiseB = 752,
  kPointwiseY = 753,
  kPointwiseT = 758,
  kGraphHandle = 800,
  kGraphOperations = 801,
  kTensorAlignment = 900,
  kTensorType = 901,
  kTensorDimensions = 902,
  kTensorStrides = 903,
  kTensorId = 906,
  kTensorVirtual = 907,
  kTensorByValue = 908,
  kPackIds = 1000,
  kPackPointers = 1001,
  kPackWorkspace = 1003,
  kEngineIndex = 1301,
  kMatmulPrecision = 1500,
  kMatmulA = 1520,
  kMatmulB = 1521,
  kMatmulC = 1522,
  kOperationMatmul = 1523,
  kReductionOperator = 1600,
  kReductionPrecision = 1601,
  kReductionX = 1610,
  kReductionY = 1611,
  kOperationReduction = 1612,
  kDeviceJson = 2702
};
enum ValueType : int {
  kHandle = 0,
  kDataType = 1,
  kBoolean = 2,
  kInt64 = 3,
  kPointer = 6,
  kHeuristicsModeType = 8,
  kPointwiseModeType = 14,
  kDescriptor = 15,
  kReductionOperatorType = 18,
  kChar = 24
};
enum Mode : int {
  kAdd = 0,
  kMultiply = 1,
  kDivide = 6,
  kSubtract = 9,
  kExponential = 13,
  kLogarithm = 15,
  kNotLess = 303,
  kIndex = 501,
  kSelect = 601
};
enum Reduction : int { kSum = 0, kMaximum = 3 };
enum Type : int { kFloat = 0, kHalf = 2, kInt32 = 4, kBfloat16 = 9, kBool = 11 };
enum Heuristics : int { kFallback = 2, kBest = 3 };
}  // namespace graph

/// Owns one descriptor.
class GraphDescriptor {
 public:
  GraphDescriptor(const GraphApi& api, graph::Kind kind);
  ~GraphDescriptor();
  GraphDescriptor(GraphDescriptor&& other) noexcept;
  GraphDescriptor& operator=(GraphDescriptor&&) = delete;

  void set(graph::Attribute attribute, graph::ValueType type, std::int64_t count,
           const void* values);
  void set_number(graph::Attribute attribute, graph::ValueType type, int value);
  void set_descriptor(graph::Attribute attribute, const GraphDescriptor& other);
  void finalize();
  void* get() const { return made_; }

 private:
  const GraphApi* api_;
  void* made_ = nullptr;
};

using Extents = std::array<std::int64_t, 4>;

/// What a graph is made for: an open handle, or a described device where there is no handle.
struct GraphTarget {
  void* handle = nullptr;
  const GraphDescriptor* device = nullptr;
};

/// Collects tensors and operations; then asks for plans.
class GraphBuilder {
 public:
  GraphBuilder(const GraphApi& api, GraphTarget target) : api_(api), target_(target) {}

  struct Tensor {
    std::size_t index;
    Extents extents;
  };
  Tensor input(std::int64_t id, graph::Type type, const Extents& extents, const Extents& strides);
  /// A scalar of the host, its value given at launch.
  Tensor scalar(std::int64_t id, graph::Type type);
  /// Between operations: dense, never in memory.
  Tensor between(graph::Type type, const Extents& extents);

  void matmul(Tensor a, Tensor b, Tensor c);
  void pointwise(graph::Mode mode, Tensor x, Tensor y, graph::Type precision = graph::kFloat);
  void pointwise(graph::Mode mode, Tensor x, Tensor b, Tensor y,
                 graph::Type precision = graph::kFloat);
  /// y = mask ? x : b
  void select(Tensor x, Tensor b, Tensor mask, Tensor y);
  void index(std::int64_t axis, Tensor x, Tensor y);
  void reduce(graph::Reduction reduction, Tensor x, Tensor y);

  /// Plans that could be made, the heuristics' best first, at most `limit`; `why` where none. Asked
  /// again for more, it goes on: each plan is made once. Nothing is added to the graph after it.
  std::span<const GraphDescriptor> plans(std::size_t limit, std::string& why);

 private:
  Tensor tensor(std::int64_t id, graph::Type type, const Extents& extents, const Extents& strides,
                bool is_virtual, bool by_value);
  GraphDescriptor& finished(GraphDescriptor&& descriptor);
  GraphDescriptor pointwise_kind(graph::Mode mode, graph::Type precision);
  /// `how` says what is done; it becomes the operation's attribute of that name.
  void operation(graph::Kind kind, graph::Attribute how_attribute, GraphDescriptor&& how,
                 std::initializer_list<std::pair<graph::Attribute, Tensor>> tensors);
  void propose();
  void ask_heuristics(const GraphDescriptor& operations, int mode);

  const GraphApi& api_;
  GraphTarget target_;
  std::vector<GraphDescriptor> tensors_, parts_, operations_;
  std::int64_t next_id_ = 1000;
  std::vector<GraphDescriptor> proposals_;  ///< what the configurations belong to
  std::vector<void*> configurations_;       ///< proposed engines
  std::size_t next_configuration_ = 0;
  std::vector<GraphDescriptor> plans_;
  bool proposed_ = false;
  std::string why_;
};

std::int64_t plan_workspace(const GraphApi& api, const GraphDescriptor& plan);

}  // namespace assay::backends::cudalike
