// Tests only for the Ascend module, with a fake CANN.
#include <cmath>

#include "tests/vendors/module_case.h"

namespace assay::vendors {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

class Ascend : public ModuleCase {
 protected:
  Ascend() : ModuleCase(module_of("ascend", "ASCEND_TOOLKIT_HOME")) {}
};

constexpr const char* kMatmul = "matmul m=48 n=40 k=56 a=bf16 b=bf16 c=f32 layout=";

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
  EXPECT_THAT(reason("matmul m=8 n=8 k=65536 a=i8", "library/aclnn_quant"), HasSubstr("65535"));
  EXPECT_THAT(
      reason("attention b=1 hq=1 hkv=1 sq=4 skv=4 d=64 type=f32", "library/aclnn_fused_infer"),
      HasSubstr("f32"));
  EXPECT_THAT(
      reason("attention b=1 hq=1 hkv=1 sq=4 skv=4 d=40 type=f16", "library/aclnn_fused_infer"),
      HasSubstr("multiple of 16"));
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

TEST_F(Ascend, PlansAgainIfAnExecutorCannotBeReused) {
  const Setting once("ASSAY_FAKE_ASCEND_REPEATABLE", "0");
  const Outcome out = compute(kMatmul + std::string("nn"), "library/aclnn", 5);
  EXPECT_THAT(out, IsRight());
  EXPECT_THAT(out.details, Contains(Pair("executor", "planned for each launch")));
}

TEST_F(Ascend, IsUnsupportedWhereAnOperatorRefusesInItsOwnWords) {
  for (const char* code : {"561001", "561002", "561003"}) {
    const Setting status("ASSAY_FAKE_ASCEND_STATUS",
                         "aclnnAddGetWorkspaceSize=" + std::string(code));
    EXPECT_THAT(
        compute("triad n=64 type=f32", "library/aclnn"),
        Failed(ASSAY_UNSUPPORTED, code + std::string(", aclnnAddGetWorkspaceSize: refused")));
  }
  const Setting status("ASSAY_FAKE_ASCEND_STATUS", "aclnnAddGetWorkspaceSize=561000");
  EXPECT_THAT(compute("triad n=64 type=f32", "library/aclnn"), Failed(ASSAY_DEVICE_ERROR, "561000"))
      << "an error inside aclnn is none of the problem's";
}

TEST_F(Ascend, ReportsDeviceMemoryThatRanOutInHccl) {
  std::vector<std::byte> id(1 << 13);
  std::size_t bytes = 0;
  ASSERT_EQ(table_.unique_id(device_, id.data(), id.size(), &bytes), ASSAY_OK);
  const Setting status("ASSAY_FAKE_ASCEND_STATUS", "HcclGetRootInfo=24");
  EXPECT_EQ(table_.unique_id(device_, id.data(), id.size(), &bytes), ASSAY_OUT_OF_MEMORY);
  EXPECT_THAT(table_.last_error(), HasSubstr("HcclGetRootInfo: error 24"));
}

TEST_F(Ascend, ReportsItsSensors) {
  assay_sensors sensors = {};
  sensors.struct_size = sizeof sensors;
  ASSERT_EQ(table_.sensors(device_, &sensors), ASSAY_OK);
  EXPECT_DOUBLE_EQ(sensors.power_watts, 175.5);
  EXPECT_DOUBLE_EQ(sensors.clock_hz, 1.65e9);
  EXPECT_DOUBLE_EQ(sensors.temperature_celsius, 42);
  EXPECT_EQ(sensors.throttle, nullptr);
}

TEST_F(Ascend, NeverReportsAPackagesPowerForItsSecondDie) {
  table_.close(device_);
  ASSERT_EQ(open(1), ASSAY_OK) << table_.last_error();
  assay_sensors sensors = {};
  sensors.struct_size = sizeof sensors;
  for (const char* told : {"0", "1"}) {
    const Setting both("ASSAY_FAKE_ASCEND_BOTH_POWER", told);
    ASSERT_EQ(table_.sensors(device_, &sensors), ASSAY_OK);
    EXPECT_TRUE(std::isnan(sensors.power_watts)) << sensors.power_watts;
    EXPECT_DOUBLE_EQ(sensors.temperature_celsius, 52) << "a sensor of its own";
  }
}

TEST_F(Ascend, MultipliesIntegersByTheNextOperatorWhereTheNewestRefuses) {
  const std::string problem = "matmul m=16 n=16 k=16 a=i8";
  EXPECT_THAT(compute(problem, "library/aclnn_quant").details,
              Contains(Pair("operator", "aclnnQuantMatmulV5")));
  const Setting status("ASSAY_FAKE_ASCEND_STATUS", "aclnnQuantMatmulV5GetWorkspaceSize=161002");
  const Outcome out = compute(problem, "library/aclnn_quant");
  EXPECT_THAT(out, IsRight());
  EXPECT_THAT(out.details, Contains(Pair("operator", "aclnnQuantMatmulV4")));
}

}  // namespace
}  // namespace assay::vendors
