// The fake cuDNN must require the order and the types of cuDNN's documentation, and compute exactly
// what the graph describes.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

// CUDA's and cuDNN's own; enumerations are ints.
extern "C" {
int cudaMalloc(void**, std::size_t);
int cudaFree(void*);
int cudaMemcpyAsync(void*, const void*, std::size_t, int, void*);
int cudaStreamSynchronize(void*);
int cudnnCreate(void**);
int cudnnDestroy(void*);
int cudnnBackendCreateDescriptor(int, void**);
int cudnnBackendDestroyDescriptor(void*);
int cudnnBackendSetAttribute(void*, int, int, std::int64_t, const void*);
int cudnnBackendGetAttribute(void*, int, int, std::int64_t, std::int64_t*, void*);
int cudnnBackendFinalize(void*);
int cudnnBackendExecute(void*, void*, void*);
}

namespace assay::vendors {
namespace {

constexpr int kHandle = 0, kDataType = 1, kBoolean = 2, kInt64 = 3, kPointer = 6, kMode = 8,
              kPointwiseMode = 14, kDescriptor = 15, kReductionOperator = 18;
constexpr int kBad = 2000, kNull = 2002, kNotFinalized = 2004, kAttributeType = 2010,
              kUnsupported = 3000;
constexpr int kFloat = 0, kHalf = 2;
using Extents = std::array<std::int64_t, 4>;

class Cudnn : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(cudnnCreate(&handle_), 0); }
  void TearDown() override {
    for (void* one : made_) cudnnBackendDestroyDescriptor(one);
    cudnnDestroy(handle_);
  }

  void* make(int kind) {
    void* one = nullptr;
    EXPECT_EQ(cudnnBackendCreateDescriptor(kind, &one), 0);
    made_.push_back(one);
    return one;
  }
  static int set(void* to, int attribute, int value_type, int value) {
    return cudnnBackendSetAttribute(to, attribute, value_type, 1, &value);
  }
  static int set(void* to, int attribute, void* descriptor) {
    return cudnnBackendSetAttribute(to, attribute, kDescriptor, 1, &descriptor);
  }

  void* tensor(std::int64_t id, int type, const Extents& extents, bool is_virtual,
               bool by_value = false, Extents strides = {}) {
    if (strides[3] == 0) {
      strides = {extents[1] * extents[2] * extents[3], extents[2] * extents[3], extents[3], 1};
    }
    const std::int64_t alignment = 16;
    void* const one = make(17);
    EXPECT_EQ(cudnnBackendSetAttribute(one, 900, kInt64, 1, &alignment), 0);
    EXPECT_EQ(set(one, 901, kDataType, type), 0);
    EXPECT_EQ(cudnnBackendSetAttribute(one, 902, kInt64, 4, extents.data()), 0);
    EXPECT_EQ(cudnnBackendSetAttribute(one, 903, kInt64, 4, strides.data()), 0);
    EXPECT_EQ(cudnnBackendSetAttribute(one, 906, kInt64, 1, &id), 0);
    EXPECT_EQ(cudnnBackendSetAttribute(one, 907, kBoolean, 1, &is_virtual), 0);
    EXPECT_EQ(cudnnBackendSetAttribute(one, 908, kBoolean, 1, &by_value), 0);
    EXPECT_EQ(cudnnBackendFinalize(one), 0);
    return one;
  }
  void* matmul(void* a, void* b, void* c) {
    void* const how = make(18);
    EXPECT_EQ(set(how, 1500, kDataType, kFloat), 0);
    EXPECT_EQ(cudnnBackendFinalize(how), 0);
    void* const one = make(19);
    EXPECT_EQ(set(one, 1520, a), 0);
    EXPECT_EQ(set(one, 1521, b), 0);
    EXPECT_EQ(set(one, 1522, c), 0);
    EXPECT_EQ(set(one, 1523, how), 0);
    return one;
  }
  void* pointwise(int mode, void* x, void* b, void* y) {
    void* const how = make(0);
    EXPECT_EQ(set(how, 0, kPointwiseMode, mode), 0);
    EXPECT_EQ(set(how, 1, kDataType, kFloat), 0);
    EXPECT_EQ(cudnnBackendFinalize(how), 0);
    void* const one = make(13);
    EXPECT_EQ(set(one, 750, how), 0);
    EXPECT_EQ(set(one, 751, x), 0);
    if (b != nullptr) {
      EXPECT_EQ(set(one, 752, b), 0);
    }
    EXPECT_EQ(set(one, 753, y), 0);
    return one;
  }
  void* reduction(int operation, void* x, void* y) {
    void* const how = make(21);
    EXPECT_EQ(set(how, 1600, kReductionOperator, operation), 0);
    EXPECT_EQ(set(how, 1601, kDataType, kFloat), 0);
    EXPECT_EQ(cudnnBackendFinalize(how), 0);
    void* const one = make(22);
    EXPECT_EQ(set(one, 1610, x), 0);
    EXPECT_EQ(set(one, 1611, y), 0);
    EXPECT_EQ(set(one, 1612, how), 0);
    return one;
  }
  void* graph(std::vector<void*> operations) {
    for (void* one : operations) EXPECT_EQ(cudnnBackendFinalize(one), 0);
    void* const one = make(15);
    EXPECT_EQ(cudnnBackendSetAttribute(one, 800, kHandle, 1, &handle_), 0);
    EXPECT_EQ(
        cudnnBackendSetAttribute(one, 801, kDescriptor,
                                 static_cast<std::int64_t>(operations.size()), operations.data()),
        0);
    return one;
  }
  /// Engines that are proposed.
  std::vector<void*> proposed(void* graph_of) {
    void* const asked = make(4);
    EXPECT_EQ(set(asked, 201, graph_of), 0);
    EXPECT_EQ(set(asked, 200, kMode, 3), 0);
    EXPECT_EQ(cudnnBackendFinalize(asked), 0);
    std::vector<void*> room;
    for (int i = 0; i < 8; ++i) room.push_back(make(3));
    std::int64_t count = 0;
    EXPECT_EQ(cudnnBackendGetAttribute(asked, 202, kDescriptor, 8, &count, room.data()), 0);
    room.resize(static_cast<std::size_t>(count));
    return room;
  }
  void* plan(void* configuration) {
    void* const one = make(5);
    EXPECT_EQ(cudnnBackendSetAttribute(one, 400, kHandle, 1, &handle_), 0);
    EXPECT_EQ(set(one, 401, configuration), 0);
    return one;
  }

  /// Q, K and V of one head with one query of 8 and two keys; O. With a factor on the scores.
  void* attention(int type = kHalf) {
    const Extents scores = {1, 1, 1, 2}, row = {1, 1, 1, 1};
    void* const q = tensor(1, type, {1, 1, 1, 8}, false);
    void* const k = tensor(2, type, {1, 1, 8, 2}, false, false, {16, 16, 1, 8});
    void* const v = tensor(3, type, {1, 1, 2, 8}, false);
    void* const o = tensor(4, type, {1, 1, 1, 8}, false);
    void* const factor = tensor(5, kFloat, row, false, true);
    void* const products = tensor(10, kFloat, scores, true);
    void* const scaled = tensor(11, kFloat, scores, true);
    void* const most = tensor(12, kFloat, row, true);
    void* const less = tensor(13, kFloat, scores, true);
    void* const powers = tensor(14, kFloat, scores, true);
    void* const sum = tensor(15, kFloat, row, true);
    void* const logarithm = tensor(16, kFloat, row, true);
    void* const weights = tensor(17, type, scores, true);
    return graph({matmul(q, k, products), pointwise(1, products, factor, scaled),
                  reduction(3, scaled, most), pointwise(9, scaled, most, less),
                  pointwise(13, less, nullptr, powers), reduction(0, powers, sum),
                  pointwise(15, sum, nullptr, logarithm), pointwise(6, powers, sum, weights),
                  matmul(weights, v, o)});
  }
  void* pack(const std::vector<std::int64_t>& ids, const std::vector<void*>& pointers) {
    void* const one = make(16);
    const auto count = static_cast<std::int64_t>(ids.size());
    EXPECT_EQ(cudnnBackendSetAttribute(one, 1000, kInt64, count, ids.data()), 0);
    EXPECT_EQ(cudnnBackendSetAttribute(one, 1001, kPointer, count, pointers.data()), 0);
    return one;
  }

  void* handle_ = nullptr;
  std::vector<void*> made_;
};

TEST_F(Cudnn, RefusesAttributesOfAnotherKindTypeOrCount) {
  void* const one = make(17);
  const std::int64_t alignment = 16;
  EXPECT_EQ(cudnnBackendSetAttribute(nullptr, 900, kInt64, 1, &alignment), kNull);
  EXPECT_EQ(cudnnBackendSetAttribute(one, 900, kDataType, 1, &alignment), kAttributeType);
  EXPECT_EQ(cudnnBackendSetAttribute(one, 900, kInt64, 2, &alignment), kBad);
  EXPECT_EQ(cudnnBackendSetAttribute(one, 900, kInt64, 1, nullptr), kBad);
  EXPECT_EQ(set(one, 1500, kDataType, kFloat), kBad);
  EXPECT_EQ(cudnnBackendFinalize(one), kBad);
}

TEST_F(Cudnn, NeitherSetsNorFinalizesAgainWhatIsFinalized) {
  void* const one = tensor(1, kHalf, {1, 1, 1, 8}, false);
  EXPECT_EQ(set(one, 901, kDataType, kFloat), kBad);
  EXPECT_EQ(cudnnBackendFinalize(one), kBad);
}

TEST_F(Cudnn, TakesNoDescriptorThatIsNotFinalized) {
  void* const operation = make(19);
  void* const half_made = make(17);
  EXPECT_EQ(set(operation, 1520, half_made), kNotFinalized);
  EXPECT_EQ(set(operation, 1520, make(16)), kBad);
  std::int64_t count = 0, bytes = 0;
  EXPECT_EQ(cudnnBackendGetAttribute(make(5), 402, kInt64, 1, &count, &bytes), kNotFinalized);
}

TEST_F(Cudnn, RefusesShapesThatDoNotFit) {
  void* const a = tensor(1, kHalf, {1, 2, 4, 8}, false);
  void* const b = tensor(2, kHalf, {1, 2, 8, 3}, false);
  void* const c = tensor(3, kFloat, {1, 2, 4, 4}, true);
  EXPECT_EQ(cudnnBackendFinalize(matmul(a, b, c)), kBad);
  EXPECT_EQ(cudnnBackendFinalize(pointwise(13, a, b, c)), kBad);
  EXPECT_EQ(cudnnBackendFinalize(pointwise(0, c, nullptr, c)), kBad);
}

TEST_F(Cudnn, RefusesAGraphWithAnInputThatNothingMakes) {
  void* const a = tensor(1, kFloat, {1, 1, 4, 8}, true);
  void* const b = tensor(2, kFloat, {1, 1, 4, 8}, true);
  EXPECT_EQ(cudnnBackendFinalize(graph({pointwise(13, a, nullptr, b)})), kBad);
}

TEST_F(Cudnn, ProposesEnginesForAttentionAloneAndInTheTypesThatItFuses) {
  void* const fused = attention();
  ASSERT_EQ(cudnnBackendFinalize(fused), 0);
  EXPECT_EQ(proposed(fused).size(), 3);
  void* const wide = attention(kFloat);
  ASSERT_EQ(cudnnBackendFinalize(wide), 0);
  EXPECT_TRUE(proposed(wide).empty());
}

TEST_F(Cudnn, RefusesAPlanOfAnEngineThatHasNoKernel) {
  void* const fused = attention();
  ASSERT_EQ(cudnnBackendFinalize(fused), 0);
  const auto engines = proposed(fused);
  ASSERT_EQ(engines.size(), 3);
  EXPECT_EQ(cudnnBackendFinalize(plan(engines[0])), 0);
  EXPECT_EQ(cudnnBackendFinalize(plan(engines[2])), kUnsupported);
}

TEST_F(Cudnn, ComputesWhatTheGraphSaysWithTheScaleThatItIsGiven) {
  constexpr std::uint16_t kOne = 0x3c00, kTwo = 0x4000;  // as f16
  // One query of ones; keys of zeros and ones, so that the scores are 0 and 8.
  std::vector<std::uint16_t> q(8, kOne), k(16, 0), v(16, kOne), o(8, 0);
  std::fill(k.begin() + 8, k.end(), kOne);
  std::fill(v.begin() + 8, v.end(), kTwo);
  std::vector<void*> memory(4);
  const std::vector<std::uint16_t>* const all[] = {&q, &k, &v, &o};
  for (std::size_t i = 0; i < 4; ++i) {
    ASSERT_EQ(cudaMalloc(&memory[i], all[i]->size() * 2), 0);
    ASSERT_EQ(cudaMemcpyAsync(memory[i], all[i]->data(), all[i]->size() * 2, 1, nullptr), 0);
  }
  void* const fused = attention();
  ASSERT_EQ(cudnnBackendFinalize(fused), 0);
  void* const best = plan(proposed(fused).at(0));
  ASSERT_EQ(cudnnBackendFinalize(best), 0);
  float scale = 0.25F;
  void* const bound = pack({1, 2, 3, 4, 5}, {memory[0], memory[1], memory[2], memory[3], &scale});
  EXPECT_EQ(cudnnBackendExecute(handle_, best, bound), kNotFinalized);
  ASSERT_EQ(cudnnBackendFinalize(bound), 0);
  ASSERT_EQ(cudnnBackendExecute(handle_, best, bound), 0);
  ASSERT_EQ(cudaMemcpyAsync(o.data(), memory[3], 16, 2, nullptr), 0);
  ASSERT_EQ(cudaStreamSynchronize(nullptr), 0);
  // 1 + weight of the second key, 1 / (1 + exp(-2)) = 0.8808, in f16 of step 2^-10.
  const double got = 1 + (o[0] - kOne) / 1024.0;
  EXPECT_NEAR(got, 1 + 1 / (1 + std::exp(-2.0)), 2e-3);
  void* const lacking = pack({1, 2, 3, 4}, memory);
  ASSERT_EQ(cudnnBackendFinalize(lacking), 0);
  EXPECT_EQ(cudnnBackendExecute(handle_, best, lacking), kBad);
  for (void* one : memory) cudaFree(one);
}

}  // namespace
}  // namespace assay::vendors
