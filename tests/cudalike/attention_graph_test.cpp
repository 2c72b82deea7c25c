// Tests attention graphs with cuDNN itself, if it is installed: it proposes engines and compiles
// their kernels for a described device, without a real one. Without a driver only the last step
// fails, loading the compiled kernels; the toolkit's stub replaces the driver.
#include "backends/cudalike/attention_graph.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

namespace assay::backends::cudalike {
namespace {

/// An H100 SXM in the form of cuDNN's device descriptor (values from CUDA's documentation). cuDNN
/// 9.28 asks for the last line but one, and 9.19 does not mind it.
constexpr const char* kH100 = R"({"maxGridSize":[2147483647,65535,65535],
  "maxBlockSize":[1024,1024,64],"regsPerBlock":65536,"multiProcessorCount":132,
  "smClockRateKHz":1980000,"memClockRateKHz":2619000,"l2CacheSize":52428800,"warpSize":32,
  "maxSharedMemoryPerBlock":49152,"maxSharedMemoryPerBlockOptin":232448,
  "reservedSharedMemoryPerBlock":1024,"maxRegistersPerSM":65536,"pciDeviceId":0,
  "maxCtasPerSM":32,"maxThreadsPerBlock":1024,"maxThreadsPerSM":2048,"isTccDriver":0,
  "supportCoopLaunch":1,"deviceVer":900,"driverVer":13000,"cudaDeviceId":0,
  "smCountOrigin":0,"oversizedSharedMemoryPerBlock":0,"memoryBusWidth":5120,
  "totalGlobalMem":85045215232,"deviceName":"NVIDIA H100 80GB HBM3"})";

class AttentionGraph : public testing::Test {
 protected:
  void SetUp() override {
    const Dialect& nvidia = find_dialect("nvidia");
    sdk::Pairs tried;
    open_driver_or_stub(nvidia);
    library_ = open_first(places(nvidia, nvidia.libraries.attention), "attention", tried);
    if (!library_) GTEST_SKIP() << "no cuDNN here";
    Binder binder(nvidia, library_, nullptr);
    bind(api_, binder);
    ASSERT_TRUE(binder.missing().empty());
    if (api_.version.pointer() < 91100) GTEST_SKIP() << "cuDNN describes no devices before 9.11";
  }

  /// cuDNN asks the loader for libcuda.so.1, which is then the one already open.
  static void open_driver_or_stub(const Dialect& nvidia) {
    if (dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL) != nullptr) return;
    for (const std::string& home : nvidia.homes) {
      if (dlopen((home + "/lib64/stubs/libcuda.so").c_str(), RTLD_NOW | RTLD_GLOBAL)) return;
    }
    GTEST_SKIP() << "neither a driver nor the toolkit's stub of it";
  }

  /// Empty if a plan was created, or if only loading its kernels failed because of the driver.
  std::string refusal(const kernels::AttentionShape& shape) {
    std::string why = reason(shape);
    const std::string driver_failed = ": 5001";  // CUDNN_STATUS_EXECUTION_FAILED_CUDA_DRIVER
    return why.find(driver_failed) == std::string::npos ? why : "";
  }

  std::string reason(const kernels::AttentionShape& shape) {
    const std::string json = kH100;
    GraphDescriptor device(api_, graph::kDeviceProperties);
    device.set(graph::kDeviceJson, graph::kChar, static_cast<std::int64_t>(json.size()),
               json.data());
    device.finalize();
    std::string why;
    AttentionPlans all(api_, {nullptr, &device}, shape);
    const auto plans = all.first(1, why);
    if (plans.empty()) return why;
    EXPECT_GE(plan_workspace(api_, plans[0]), 0);
    return {};
  }

  Library library_;
  GraphApi api_;
};

kernels::AttentionShape shape(std::int64_t sq, std::int64_t skv, std::int64_t d, bool causal,
                              std::int64_t hkv = 8,
                              kernels::DataType type = kernels::DataType::bf16) {
  return {.b = 2,
          .hq = 8,
          .hkv = hkv,
          .sq = sq,
          .skv = skv,
          .d = d,
          .dv = d,
          .type = type,
          .causal = causal};
}

TEST_F(AttentionGraph, OfPrefillHasAPlan) {
  EXPECT_EQ(refusal(shape(1024, 1024, 128, false)), "");
  EXPECT_EQ(refusal(shape(1024, 1024, 64, false, 8, kernels::DataType::f16)), "");
}

TEST_F(AttentionGraph, WithACausalMaskHasAPlan) {
  EXPECT_EQ(refusal(shape(1024, 1024, 128, true)), "");
}

TEST_F(AttentionGraph, WithACausalMaskAlignedBottomRightHasAPlan) {
  EXPECT_EQ(refusal(shape(512, 1024, 128, true)), "");
}

TEST_F(AttentionGraph, WithGroupedQueriesHasAPlan) {
  EXPECT_EQ(refusal(shape(1024, 1024, 128, true, 2)), "");
}

TEST_F(AttentionGraph, OfOneDecodedTokenHasAPlan) {
  EXPECT_EQ(refusal(shape(1, 4096, 128, false, 2)), "");
}

TEST_F(AttentionGraph, ThatNoEngineKnowsIsRefusedWithAReason) {
  EXPECT_NE(refusal(shape(1024, 1024, 127, false)), "");
}

TEST(AttentionShapes, WithMoreThanAMaskAreRefused) {
  kernels::AttentionShape one = shape(16, 16, 64, true);
  EXPECT_EQ(why_no_attention_graph(one), "");
  one.window = 8;
  EXPECT_NE(why_no_attention_graph(one), "");
  one = shape(16, 16, 64, true);
  one.softcap = 50;
  EXPECT_NE(why_no_attention_graph(one), "");
  one = shape(16, 16, 64, true);
  one.sinks = true;
  EXPECT_NE(why_no_attention_graph(one), "");
}

TEST(AttentionShapes, OfTypesThatCudnnDoesNotFuseAreRefusedAtOnce) {
  EXPECT_NE(why_no_attention_graph(shape(16, 16, 64, false, 8, kernels::DataType::f32)), "");
  EXPECT_EQ(why_no_attention_graph(shape(16, 16, 64, false)), "");
}

}  // namespace
}  // namespace assay::backends::cudalike
