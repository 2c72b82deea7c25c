// Descriptors of the fake cuDNN's graph interface. Attributes are checked against cuDNN's
// documentation of each kind ("cudnn_graph Library", "Backend Descriptor Types"), and against the
// answers of cuDNN 9.19 if it is stricter. Numbers: cudnn_graph.h of cuDNN 9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/cudalike/cudnn/graph.h"

namespace assay::fakes::cudalike::dnn {

struct Status {
  static constexpr int not_initialised = 1001, bad = 2000, null = 2002, misaligned = 2003,
                       not_finalized = 2004, attribute_type = 2010, unsupported = 3000,
                       no_memory = 4004, failed = 5000;
};

enum Kind : int {
  kPointwise = 0,
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
  kReductionOperation = 22
};

struct Descriptor {
  explicit Descriptor(Kind of) : kind(of) {}

  Kind kind;
  bool finalized = false;
  struct Value {
    std::int64_t count = 0;
    std::vector<std::byte> bytes;
    std::vector<std::shared_ptr<const Descriptor>> descriptors;
  };
  std::map<int, Value> values;
  std::shared_ptr<const Graph> graph;  ///< of an operation graph and of all made from it
  int engine = -1;                     ///< of an engine configuration and of a plan
  int device = 0;                      ///< of a plan

  bool has(int attribute) const { return values.contains(attribute); }
  std::int64_t number(int attribute, std::int64_t otherwise = 0) const;
  std::vector<std::int64_t> numbers(int attribute) const;
  std::vector<void*> pointers(int attribute) const;
  const Descriptor& child(int attribute) const { return *values.at(attribute).descriptors.at(0); }
};

/// A descriptor's owner, found by the address that the caller has; null where there is none.
std::shared_ptr<Descriptor> descriptor_of(void* address);
void* made(Kind kind);
bool destroyed(void* address);
bool is_known_kind(int kind);

/// An answer and why: what GetLastErrorString says.
struct Answer {
  int status = 0;
  std::string why;
};

Answer set(Descriptor& to, int attribute, int type, std::int64_t count, const void* values);
/// Checks all but what only a heuristic or a plan asks for.
Answer finalized(Descriptor& descriptor);

// Attributes that the calls themselves read.
enum Attribute : int {
  kHeuristicsMode = 200,
  kHeuristicsGraph = 201,
  kHeuristicsResults = 202,
  kPlanHandle = 400,
  kPlanConfiguration = 401,
  kPlanWorkspace = 402,
  kGraphHandle = 800,
  kPackIds = 1000,
  kPackPointers = 1001,
  kPackWorkspace = 1003
};
enum ValueType : int {
  kHandleType = 0,
  kDataTypeType = 1,
  kBooleanType = 2,
  kInt64Type = 3,
  kPointerType = 6,
  kHeuristicsModeType = 8,
  kPointwiseModeType = 14,
  kDescriptorType = 15,
  kReductionOperatorType = 18
};

}  // namespace assay::fakes::cudalike::dnn
