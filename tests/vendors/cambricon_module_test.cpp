// The Cambricon module over a pretended Neuware.
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

const backends::Module& cambricon() {
  return module_of("cambricon", "NEUWARE_HOME");
}

class Cambricon : public ModuleCase {
 protected:
  Cambricon() : ModuleCase(cambricon()) {}

  /// Of device memory, and of all else that the pretended runtime handed out.
  static std::size_t held() {
    using Allocations = std::size_t(int);
    using Objects = std::size_t();
    auto* const allocations =
        reinterpret_cast<Allocations*>(dlsym(RTLD_DEFAULT, "assay_fake_cambricon_allocations"));
    auto* const objects =
        reinterpret_cast<Objects*>(dlsym(RTLD_DEFAULT, "assay_fake_cambricon_objects"));
    EXPECT_TRUE(allocations != nullptr && objects != nullptr);
    return allocations(0) + objects();
  }
};

TEST_F(Cambricon, MultipliesEveryLayoutTypeAndBatch) {
  for (const char* rest : {"a=f32", "a=f32 layout=nt", "a=bf16 layout=tn", "a=f16 layout=tt",
                           "a=bf16 c=bf16", "a=f32 batch=3", "a=f16 batch=2 layout=tt"}) {
    EXPECT_THAT(compute("matmul m=33 n=17 k=65 " + std::string(rest), "library/cnnl"), IsRight())
        << rest;
  }
}

TEST_F(Cambricon, NeverAllowsTf32) {
  // The pretended CNNL refuses a f32 product that leaves TF32 on.
  const Outcome out = compute("matmul m=8 n=8 k=8 a=f32", "library/cnnl");
  EXPECT_THAT(out, IsRight());
  EXPECT_THAT(out.details, Contains(Pair("tf32", "not allowed")));
  EXPECT_THAT(out.details, Contains(Pair("operator", "cnnlBatchMatMulEx")));
}

TEST_F(Cambricon, RefusesWhatIsNotDocumented) {
  EXPECT_THAT(reason("matmul m=8 n=8 k=8 a=i8", "library/cnnl"), HasSubstr("i8"));
  EXPECT_THAT(reason("matmul m=8 n=8 k=8 a=f64", "library/cnnl"), HasSubstr("f64"));
  EXPECT_THAT(reason("matmul m=65536 n=8 k=65536 a=f32", "library/cnnl"), HasSubstr("2^31"));
  EXPECT_THAT(reason("triad n=64 type=f64", "library/cnnl"), HasSubstr("f64"));
}

TEST_F(Cambricon, FindsOutThatF32IsRoundedFirstAndRefusesIt) {
  const Setting rounds("ASSAY_FAKE_CAMBRICON_ROUNDS", "1");
  EXPECT_THAT(reason("matmul m=8 n=8 k=8 a=f16 c=f32", "library/cnnl"), HasSubstr("rounds"));
  EXPECT_EQ(reason("matmul m=8 n=8 k=8 a=f16 c=f16", "library/cnnl"), "");
}

TEST_F(Cambricon, MovesEitherWayAndWithin) {
  for (const char* what :
       {"direction=h2d memory=pinned", "direction=h2d memory=pageable",
        "direction=d2h memory=pinned", "direction=d2h memory=pageable", "direction=d2d"}) {
    EXPECT_THAT(compute("transfer n=5000 type=bf16 " + std::string(what), "library/cnrt", 3),
                IsRight())
        << what;
  }
}

TEST_F(Cambricon, TimesEachLaunchHotAndCold) {
  for (const assay_mode mode : {ASSAY_HOT, ASSAY_COLD}) {
    const Outcome out = compute("triad n=4096 type=bf16", "library/cnnl", 70, mode);
    EXPECT_THAT(out, IsRight());
    EXPECT_THAT(out.launches, Each(Field(&assay_launch::device_seconds, Gt(0))));
  }
}

TEST_F(Cambricon, GivesBackWhatItTook) {
  compute("copy n=64 type=f32", "library/cnrt", 1, ASSAY_COLD);
  const std::size_t before = held();
  for (int i = 0; i < 200; ++i) {
    ASSERT_THAT(compute("matmul m=4 n=4 k=4 a=f32", "library/cnnl"), IsRight());
  }
  EXPECT_EQ(held(), before);
}

TEST_F(Cambricon, ServesAThreadThatDidNotOpenTheDevice) {
  Outcome out;
  std::thread([&] { out = compute("copy n=1000 type=i8", "library/cnrt"); }).join();
  EXPECT_THAT(out, IsRight());
}

TEST_F(Cambricon, HasNoSensorsAndSaysWhy) {
  assay_sensors sensors = {};
  sensors.struct_size = sizeof sensors;
  EXPECT_EQ(table_.sensors(device_, &sensors), ASSAY_UNSUPPORTED);
  EXPECT_THAT(table_.last_error(), HasSubstr("CNDev"));
}

TEST_F(Cambricon, ReportsMemoryThatRanOut) {
  const WithFault fault("oom@cnrtMalloc");
  EXPECT_THAT(compute("copy n=64 type=f32", "library/cnrt"),
              Failed(ASSAY_OUT_OF_MEMORY, "cnrtMalloc of 256: error 100100, cnrtErrorNoMem"));
}

TEST_F(Cambricon, ReportsAFailedDeviceInTheRuntimesWords) {
  for (const char* call : {"cnrtMemset", "cnrtMemcpy", "cnrtPlaceNotifier", "cnrtWaitNotifier",
                           "cnrtNotifierDuration", "cnrtSetDevice"}) {
    const WithFault fault("fail@" + std::string(call));
    EXPECT_THAT(compute("triad n=64 type=f32", "library/cnnl"),
                Failed(ASSAY_DEVICE_ERROR, "cnrtErrorCndrvFuncCall"))
        << call;
  }
}

TEST_F(Cambricon, ReportsAnOperatorThatFails) {
  for (const char* call : {"cnnlGetBatchMatMulExAlgoHeuristic", "cnnlBatchMatMulEx",
                           "cnnlCreateTensorDescriptor", "cnnlCreateMatMulAlgo"}) {
    const WithFault fault("fail@" + std::string(call));
    EXPECT_THAT(compute("matmul m=4 n=4 k=4 a=f32", "library/cnnl"),
                Failed(ASSAY_DEVICE_ERROR, "CNNL_STATUS_EXECUTION_FAILED"))
        << call;
  }
  const WithFault fault("fail@cnnlBatchMatMulEx.run");
  EXPECT_THAT(compute("matmul m=4 n=4 k=4 a=f32", "library/cnnl"),
              Failed(ASSAY_DEVICE_ERROR, "cnrtErrorCndrvFuncCall"));
}

TEST_F(Cambricon, DoesNotHideAWrongResult) {
  const WithFault fault("wrong@cnnlBatchMatMulEx.run");
  const Outcome out = compute("matmul m=4 n=4 k=4 a=f32", "library/cnnl");
  EXPECT_EQ(out.status, ASSAY_OK);
  EXPECT_EQ(out.result, kernels::Outcome::wrong);
}

TEST_F(Cambricon, CannotOpenADeviceThatFails) {
  table_.close(device_);
  device_ = nullptr;
  for (const char* call : {"cnrtSetDevice", "cnrtQueueCreate", "cnnlCreate", "cnnlSetQueue"}) {
    const WithFault fault("fail@" + std::string(call));
    EXPECT_EQ(open(), ASSAY_DEVICE_ERROR) << call;
    EXPECT_THAT(table_.last_error(), HasSubstr(call));
  }
  EXPECT_EQ(open(), ASSAY_OK) << table_.last_error();
}

}  // namespace
}  // namespace assay::vendors
