// Compares our signatures and numbers of cuDNN's graph interface with its header.
#include <cudnn.h>
#include <gtest/gtest.h>

#include "backends/cudalike/graph.h"
#include "cudalike/plain.h"

namespace assay::backends::cudalike {
namespace {

#define SAME(member, real) static_assert(kSame<decltype(GraphApi::member), decltype(real)>, #real)

SAME(create, cudnnCreate);
SAME(destroy, cudnnDestroy);
SAME(set_stream, cudnnSetStream);
SAME(version, cudnnGetVersion);
SAME(error_string, cudnnGetErrorString);
SAME(last_error, cudnnGetLastErrorString);
SAME(descriptor_create, cudnnBackendCreateDescriptor);
SAME(descriptor_destroy, cudnnBackendDestroyDescriptor);
SAME(finalize, cudnnBackendFinalize);
SAME(set_attribute, cudnnBackendSetAttribute);
SAME(get_attribute, cudnnBackendGetAttribute);
SAME(execute, cudnnBackendExecute);

struct Pair {
  int ours, theirs;
};
constexpr Pair kPairs[] = {
    {graph::kPointwise, CUDNN_BACKEND_POINTWISE_DESCRIPTOR},
    {graph::kEngineConfiguration, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR},
    {graph::kHeuristics, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR},
    {graph::kPlan, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR},
    {graph::kPointwiseOperation, CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR},
    {graph::kOperationGraph, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR},
    {graph::kVariantPack, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR},
    {graph::kTensor, CUDNN_BACKEND_TENSOR_DESCRIPTOR},
    {graph::kMatmul, CUDNN_BACKEND_MATMUL_DESCRIPTOR},
    {graph::kMatmulOperation, CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR},
    {graph::kReduction, CUDNN_BACKEND_REDUCTION_DESCRIPTOR},
    {graph::kReductionOperation, CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR},
    {graph::kPointwiseMode, CUDNN_ATTR_POINTWISE_MODE},
    {graph::kPointwisePrecision, CUDNN_ATTR_POINTWISE_MATH_PREC},
    {graph::kPointwiseAxis, CUDNN_ATTR_POINTWISE_AXIS},
    {graph::kHeuristicsMode, CUDNN_ATTR_ENGINEHEUR_MODE},
    {graph::kHeuristicsGraph, CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH},
    {graph::kHeuristicsResults, CUDNN_ATTR_ENGINEHEUR_RESULTS},
    {graph::kPlanHandle, CUDNN_ATTR_EXECUTION_PLAN_HANDLE},
    {graph::kPlanConfiguration, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG},
    {graph::kPlanWorkspace, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE},
    {graph::kOperationPointwise, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR},
    {graph::kPointwiseX, CUDNN_ATTR_OPERATION_POINTWISE_XDESC},
    {graph::kPointwiseB, CUDNN_ATTR_OPERATION_POINTWISE_BDESC},
    {graph::kPointwiseY, CUDNN_ATTR_OPERATION_POINTWISE_YDESC},
    {graph::kPointwiseT, CUDNN_ATTR_OPERATION_POINTWISE_TDESC},
    {graph::kGraphHandle, CUDNN_ATTR_OPERATIONGRAPH_HANDLE},
    {graph::kGraphOperations, CUDNN_ATTR_OPERATIONGRAPH_OPS},
    {graph::kTensorAlignment, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT},
    {graph::kTensorType, CUDNN_ATTR_TENSOR_DATA_TYPE},
    {graph::kTensorDimensions, CUDNN_ATTR_TENSOR_DIMENSIONS},
    {graph::kTensorStrides, CUDNN_ATTR_TENSOR_STRIDES},
    {graph::kTensorId, CUDNN_ATTR_TENSOR_UNIQUE_ID},
    {graph::kTensorVirtual, CUDNN_ATTR_TENSOR_IS_VIRTUAL},
    {graph::kTensorByValue, CUDNN_ATTR_TENSOR_IS_BY_VALUE},
    {graph::kPackIds, CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS},
    {graph::kPackPointers, CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS},
    {graph::kPackWorkspace, CUDNN_ATTR_VARIANT_PACK_WORKSPACE},
    {graph::kMatmulPrecision, CUDNN_ATTR_MATMUL_COMP_TYPE},
    {graph::kMatmulA, CUDNN_ATTR_OPERATION_MATMUL_ADESC},
    {graph::kMatmulB, CUDNN_ATTR_OPERATION_MATMUL_BDESC},
    {graph::kMatmulC, CUDNN_ATTR_OPERATION_MATMUL_CDESC},
    {graph::kOperationMatmul, CUDNN_ATTR_OPERATION_MATMUL_DESC},
    {graph::kReductionOperator, CUDNN_ATTR_REDUCTION_OPERATOR},
    {graph::kReductionPrecision, CUDNN_ATTR_REDUCTION_COMP_TYPE},
    {graph::kReductionX, CUDNN_ATTR_OPERATION_REDUCTION_XDESC},
    {graph::kReductionY, CUDNN_ATTR_OPERATION_REDUCTION_YDESC},
    {graph::kOperationReduction, CUDNN_ATTR_OPERATION_REDUCTION_DESC},
    {graph::kHandle, CUDNN_TYPE_HANDLE},
    {graph::kDataType, CUDNN_TYPE_DATA_TYPE},
    {graph::kBoolean, CUDNN_TYPE_BOOLEAN},
    {graph::kInt64, CUDNN_TYPE_INT64},
    {graph::kPointer, CUDNN_TYPE_VOID_PTR},
    {graph::kHeuristicsModeType, CUDNN_TYPE_HEUR_MODE},
    {graph::kPointwiseModeType, CUDNN_TYPE_POINTWISE_MODE},
    {graph::kDescriptor, CUDNN_TYPE_BACKEND_DESCRIPTOR},
    {graph::kReductionOperatorType, CUDNN_TYPE_REDUCTION_OPERATOR_TYPE},
    {graph::kAdd, CUDNN_POINTWISE_ADD},
    {graph::kMultiply, CUDNN_POINTWISE_MUL},
    {graph::kDivide, CUDNN_POINTWISE_DIV},
    {graph::kSubtract, CUDNN_POINTWISE_SUB},
    {graph::kExponential, CUDNN_POINTWISE_EXP},
    {graph::kLogarithm, CUDNN_POINTWISE_LOG},
    {graph::kNotLess, CUDNN_POINTWISE_CMP_GE},
    {graph::kIndex, CUDNN_POINTWISE_GEN_INDEX},
    {graph::kSelect, CUDNN_POINTWISE_BINARY_SELECT},
    {graph::kSum, CUDNN_REDUCE_TENSOR_ADD},
    {graph::kMaximum, CUDNN_REDUCE_TENSOR_MAX},
    {graph::kFloat, CUDNN_DATA_FLOAT},
    {graph::kHalf, CUDNN_DATA_HALF},
    {graph::kInt32, CUDNN_DATA_INT32},
    {graph::kBfloat16, CUDNN_DATA_BFLOAT16},
    {graph::kBool, CUDNN_DATA_BOOLEAN},
    {graph::kBest, CUDNN_HEUR_MODE_A}};

TEST(CudnnNumbers, AreThoseOfTheHeader) {
  for (const Pair& pair : kPairs) EXPECT_EQ(pair.ours, pair.theirs);
}

}  // namespace
}  // namespace assay::backends::cudalike
