// The Ascend module over a pretended CANN.
#include <dlfcn.h>

#include <thread>

#include "tests/vendors/module_case.h"

namespace assay::vendors {
namespace {

using testing::Contains;
using testing::Each;
using testing::Field;
using testing::Gt;
using testing::HasSubstr;
using testing::Pair;

const backends::Module& ascend() {
  return module_of("ascend", "ASCEND_TOOLKIT_HOME");
}

class Ascend : public ModuleCase {
 protected:
  Ascend() : ModuleCase(ascend()) {}

  /// Of device memory, and of all else that the pretended runtime handed out.
  static std::size_t held() {
    using Allocations = std::size_t(int);
    using Objects = std::size_t();
    auto* const allocations =
        reinterpret_cast<Allocations*>(dlsym(RTLD_DEFAULT, "assay_fake_ascend_allocations"));
    auto* const objects =
        reinterpret_cast<Objects*>(dlsym(RTLD_DEFAULT, "assay_fake_ascend_objects"));
    EXPECT_TRUE(allocations != nullptr && objects != nullptr);
    return allocations(0) + objects();
  }
};

constexpr const char* kMatmul = "matmul m=48 n=40 k=56 a=bf16 b=bf16 c=f32 layout=";

TEST_F(Ascend, MultipliesEveryLayout) {
  for (const char* layout : {"nn", "nt", "tn", "tt"}) {
    EXPECT_THAT(compute(kMatmul + std::string(layout), "library/aclnn"), IsRight()) << layout;
  }
}

TEST_F(Ascend, MultipliesEachTypeAndBatches) {
  for (const char* types :
       {"a=f32", "a=f16", "a=bf16", "a=bf16 c=bf16", "a=f32 batch=3", "a=f16 batch=2 layout=tt"}) {
    EXPECT_THAT(compute("matmul m=33 n=17 k=65 " + std::string(types), "library/aclnn"), IsRight())
        << types;
  }
}

TEST_F(Ascend, MultipliesIntegersExactly) {
  for (const char* layout : {"nn", "nt", "tn", "tt"}) {
    EXPECT_THAT(compute("matmul m=20 n=24 k=1000 a=i8 layout=" + std::string(layout),
                        "library/aclnn_quant"),
                IsRight())
        << layout;
  }
}

TEST_F(Ascend, SaysWhatWasChosen) {
  const Outcome one = compute(kMatmul + std::string("nn"), "library/aclnn");
  EXPECT_THAT(one.details, Contains(Pair("operator", "aclnnMm")));
  EXPECT_THAT(one.details, Contains(Pair("executor", "reused")));
  EXPECT_THAT(one.details, Contains(Pair("cube_math_type", HasSubstr("0"))));
  const Outcome many = compute("matmul m=8 n=8 k=8 a=f32 batch=2", "library/aclnn");
  EXPECT_THAT(many.details, Contains(Pair("operator", "aclnnBatchMatMul")));
}

TEST_F(Ascend, RefusesWhatNoOperatorComputes) {
  EXPECT_THAT(reason("matmul m=8 n=8 k=8 a=f64", "library/aclnn"), HasSubstr("f64"));
  EXPECT_THAT(reason("matmul m=8 n=8 k=8 a=f8e4m3", "library/aclnn"), HasSubstr("f8e4m3"));
  EXPECT_THAT(reason("matmul m=8 n=8 k=65536 a=i8", "library/aclnn_quant"), HasSubstr("65535"));
  EXPECT_THAT(
      reason("attention b=1 hq=1 hkv=1 sq=4 skv=4 d=64 type=f32", "library/aclnn_fused_infer"),
      HasSubstr("f32"));
  EXPECT_THAT(
      reason("attention b=1 hq=1 hkv=1 sq=4 skv=4 d=40 type=f16", "library/aclnn_fused_infer"),
      HasSubstr("multiple of 16"));
}

TEST_F(Ascend, FindsOutThatF32IsRoundedFirstAndRefusesIt) {
  const Setting rounds("ASSAY_FAKE_ASCEND_ROUNDS", "1");
  EXPECT_THAT(reason("matmul m=8 n=8 k=8 a=f16 c=f32", "library/aclnn"), HasSubstr("rounds"));
  EXPECT_EQ(reason("matmul m=8 n=8 k=8 a=f16 c=f16", "library/aclnn"), "");
}

TEST_F(Ascend, MultipliesUnevenGroups) {
  for (const char* rest :
       {"a=bf16 c=bf16", "a=f16 c=f16 layout=nt", "a=f32 routing=one", "a=f32 routing=zipf"}) {
    EXPECT_THAT(compute("grouped_matmul tokens=50 n=24 k=40 groups=6 " + std::string(rest),
                        "library/aclnn"),
                IsRight())
        << rest;
  }
  EXPECT_THAT(compute("grouped_matmul tokens=8 n=8 k=8 groups=1 a=f32", "library/aclnn"),
              IsRight());
  EXPECT_THAT(reason("grouped_matmul tokens=8 n=8 k=8 groups=2 a=bf16 c=f32", "library/aclnn"),
              HasSubstr("c=bf16"));
}

TEST_F(Ascend, MovesEitherWayAndWithin) {
  for (const char* what :
       {"direction=h2d memory=pinned", "direction=h2d memory=pageable",
        "direction=d2h memory=pinned", "direction=d2h memory=pageable", "direction=d2d"}) {
    EXPECT_THAT(compute("transfer n=5000 type=bf16 " + std::string(what), "library/acl", 3),
                IsRight())
        << what;
  }
}

TEST_F(Ascend, LaunchesNextToNothing) {
  EXPECT_THAT(compute("launch n=1", "library/aclnn", 40), IsRight());
  EXPECT_THAT(compute("launch n=1000", "library/aclnn"), IsRight());
}

TEST_F(Ascend, AttendsWithAndWithoutAMask) {
  for (const char* name : {"library/aclnn_fused_infer", "library/aclnn_flash"}) {
    for (const char* problem :
         {"attention b=2 hq=4 hkv=2 sq=48 skv=48 d=64 type=bf16",
          "attention b=1 hq=4 hkv=1 sq=32 skv=80 d=64 type=f16 mask=causal",
          "attention b=2 hq=8 hkv=2 sq=1 skv=100 d=128 type=bf16 mask=causal"}) {
      EXPECT_THAT(compute(problem, name), IsRight()) << name << ": " << problem;
    }
  }
}

TEST_F(Ascend, TimesEachLaunchHotAndCold) {
  for (const assay_mode mode : {ASSAY_HOT, ASSAY_COLD}) {
    const Outcome out = compute("triad n=4096 type=f32", "library/aclnn", 70, mode);
    EXPECT_THAT(out, IsRight());
    EXPECT_THAT(out.launches, Each(Field(&assay_launch::device_seconds, Gt(0))));
    EXPECT_THAT(out.launches, Each(Field(&assay_launch::host_seconds, Gt(0))));
  }
}

TEST_F(Ascend, PlansAnewWhereAnExecutorCannotBeReused) {
  const Setting once("ASSAY_FAKE_ASCEND_REPEATABLE", "0");
  const Outcome out = compute(kMatmul + std::string("nn"), "library/aclnn", 5);
  EXPECT_THAT(out, IsRight());
  EXPECT_THAT(out.details, Contains(Pair("executor", "planned for each launch")));
}

TEST_F(Ascend, GivesBackWhatItTook) {
  compute("copy n=64 type=f32", "library/acl", 1, ASSAY_COLD);
  const std::size_t before = held();
  for (int i = 0; i < 200; ++i) {
    ASSERT_THAT(compute("matmul m=4 n=4 k=4 a=f32", "library/aclnn"), IsRight());
    ASSERT_THAT(compute("attention b=1 hq=1 hkv=1 sq=4 skv=4 d=16 type=f16 mask=causal",
                        "library/aclnn_flash"),
                IsRight());
  }
  EXPECT_EQ(held(), before);
}

TEST_F(Ascend, ServesAThreadThatDidNotOpenTheDevice) {
  Outcome out;
  std::thread([&] { out = compute("copy n=1000 type=i8", "library/acl"); }).join();
  EXPECT_THAT(out, IsRight());
}

TEST_F(Ascend, TellsItsSensors) {
  assay_sensors sensors = {};
  sensors.struct_size = sizeof sensors;
  ASSERT_EQ(table_.sensors(device_, &sensors), ASSAY_OK);
  EXPECT_DOUBLE_EQ(sensors.power_watts, 175.5);
  EXPECT_DOUBLE_EQ(sensors.clock_hz, 1.65e9);
  EXPECT_DOUBLE_EQ(sensors.temperature_celsius, 42);
  EXPECT_EQ(sensors.throttle, nullptr);
}

TEST_F(Ascend, ReportsMemoryThatRanOut) {
  const WithFault fault("oom@aclrtMalloc");
  EXPECT_THAT(compute("copy n=64 type=f32", "library/acl"),
              Failed(ASSAY_OUT_OF_MEMORY, "aclrtMalloc of 256: error 207001, "));
}

TEST_F(Ascend, ReportsAFailedDeviceInTheRuntimesWords) {
  for (const char* call :
       {"aclrtMemset", "aclrtMemcpy", "aclrtRecordEvent", "aclrtSynchronizeEvent",
        "aclrtEventElapsedTime", "aclrtSetCurrentContext"}) {
    const WithFault fault("fail@" + std::string(call));
    EXPECT_THAT(compute("triad n=64 type=f32", "library/aclnn"),
                Failed(ASSAY_DEVICE_ERROR, "the device failed"))
        << call;
  }
}

TEST_F(Ascend, ReportsAnOperatorThatFails) {
  {
    const WithFault fault("fail@aclnnAddGetWorkspaceSize");
    EXPECT_THAT(compute("triad n=64 type=f32", "library/aclnn"),
                Failed(ASSAY_DEVICE_ERROR, "aclnnAddGetWorkspaceSize: error 361001"));
  }
  {
    const WithFault fault("fail@aclnnAdd");
    EXPECT_THAT(compute("triad n=64 type=f32", "library/aclnn"),
                Failed(ASSAY_DEVICE_ERROR, "aclnnAdd: error"));
  }
  const WithFault fault("fail@aclnnAdd.run");
  EXPECT_THAT(compute("triad n=64 type=f32", "library/aclnn"),
              Failed(ASSAY_DEVICE_ERROR, "error 507015"));
}

TEST_F(Ascend, DoesNotHideAWrongResult) {
  const WithFault fault("wrong@aclnnAdd.run");
  const Outcome out = compute("triad n=64 type=f32", "library/aclnn");
  EXPECT_EQ(out.status, ASSAY_OK);
  EXPECT_EQ(out.result, kernels::Outcome::wrong);
}

TEST_F(Ascend, CannotOpenADeviceThatFails) {
  table_.close(device_);
  device_ = nullptr;
  for (const char* call : {"aclrtSetDevice", "aclrtGetCurrentContext", "aclrtCreateStream"}) {
    const WithFault fault("fail@" + std::string(call));
    EXPECT_EQ(open(), ASSAY_DEVICE_ERROR) << call;
    EXPECT_THAT(table_.last_error(), HasSubstr(call));
  }
  EXPECT_EQ(open(), ASSAY_OK) << table_.last_error();
}

}  // namespace
}  // namespace assay::vendors
