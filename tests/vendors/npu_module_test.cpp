// Tests for all modules that use one queue, each with its vendor's fake runtime.
#include <dlfcn.h>

#include <thread>

#include "tests/fakes/common/cache.h"
#include "tests/vendors/module_case.h"

namespace assay::vendors {
namespace {

using testing::Each;
using testing::Field;
using testing::Gt;
using testing::HasSubstr;

/// A family of devices with the names of its calls.
struct Npu {
  const char *name, *variable;
  const char *copies, *multiplies, *adds;  ///< implementations
  std::vector<const char*> products;       ///< products (types, layouts, batches) that it supports
  std::vector<const char*> refused;  ///< products that it does not support, by a word of the reason
  const char* rounds;                ///< a setting: f32 results are rounded first
  const char *allocates, *no_memory;
  std::vector<const char*> may_fail;  ///< calls of the runtime, from memory to timing
  const char* failed;                 ///< the runtime's words of a device that failed
  std::vector<const char*> opens;     ///< calls without which no device is open
  std::vector<std::pair<std::string, const char*>>
      operator_faults;  ///< of `problem`, with their words
  const char *problem, *solves, *operates;
  std::vector<std::pair<const char*, const char*>> takes_more =
      {};  ///< problems with plans of size

  friend void PrintTo(const Npu& npu, std::ostream* out) { *out << npu.name; }
};

const Npu kAscend = {
    .name = "ascend",
    .variable = "ASCEND_TOOLKIT_HOME",
    .copies = "library/acl",
    .multiplies = "library/aclnn",
    .adds = "library/aclnn",
    .products = {"a=bf16 c=f32 layout=nn", "a=bf16 c=f32 layout=nt", "a=bf16 c=f32 layout=tn",
                 "a=bf16 c=f32 layout=tt", "a=f32", "a=f16", "a=bf16", "a=bf16 c=bf16",
                 "a=f32 batch=3", "a=f16 batch=2 layout=tt"},
    .refused = {"f64", "f8e4m3"},
    .rounds = "ASSAY_FAKE_ASCEND_ROUNDS",
    .allocates = "aclrtMalloc",
    .no_memory = "aclrtMalloc of 256: error 207001, ",
    .may_fail = {"aclrtMemset", "aclrtMemcpy", "aclrtRecordEvent", "aclrtSynchronizeEvent",
                 "aclrtEventElapsedTime", "aclrtSetCurrentContext"},
    .failed = "the device failed",
    .opens = {"aclrtSetDevice", "aclrtGetCurrentContext", "aclrtCreateStream"},
    .operator_faults = {{"aclnnAdd", "aclnnAdd: error"}, {"aclnnAdd.run", "error 507015"}},
    .problem = "triad n=64 type=f32",
    .solves = "library/aclnn",
    .operates = "aclnnAdd",
    .takes_more = {
        {"attention b=1 hq=1 hkv=1 sq=4 skv=4 d=16 type=f16 mask=causal", "library/aclnn_flash"}}};

const Npu kCambricon = {
    .name = "cambricon",
    .variable = "NEUWARE_HOME",
    .copies = "library/cnrt",
    .multiplies = "library/cnnl",
    .adds = "library/cnnl",
    .products = {"a=f32", "a=f32 layout=nt", "a=bf16 layout=tn", "a=f16 layout=tt", "a=bf16 c=bf16",
                 "a=f32 batch=3", "a=f16 batch=2 layout=tt"},
    .refused = {"f64", "i8"},
    .rounds = "ASSAY_FAKE_CAMBRICON_ROUNDS",
    .allocates = "cnrtMalloc",
    .no_memory = "cnrtMalloc of 256: error 100100, cnrtErrorNoMem",
    .may_fail = {"cnrtMemset", "cnrtMemcpy", "cnrtPlaceNotifier", "cnrtWaitNotifier",
                 "cnrtNotifierDuration", "cnrtSetDevice"},
    .failed = "cnrtErrorCndrvFuncCall",
    .opens = {"cnrtSetDevice", "cnrtQueueCreate", "cnnlCreate", "cnnlSetQueue"},
    .operator_faults = {{"cnnlGetBatchMatMulExAlgoHeuristic", "CNNL_STATUS_EXECUTION_FAILED"},
                        {"cnnlBatchMatMulEx", "CNNL_STATUS_EXECUTION_FAILED"},
                        {"cnnlCreateTensorDescriptor", "CNNL_STATUS_EXECUTION_FAILED"},
                        {"cnnlCreateMatMulAlgo", "CNNL_STATUS_EXECUTION_FAILED"},
                        {"cnnlBatchMatMulEx.run", "cnrtErrorCndrvFuncCall"}},
    .problem = "matmul m=4 n=4 k=4 a=f32",
    .solves = "library/cnnl",
    .operates = "cnnlBatchMatMulEx"};

class Npus : public ModuleCase, public testing::WithParamInterface<Npu> {
 protected:
  Npus() : ModuleCase(module_of(GetParam().name, GetParam().variable)) {}

  static const Npu& npu() { return GetParam(); }

  template <class Function>
  static Function* fakes(const char* what) {
    const std::string symbol = "assay_fake_" + std::string(npu().name) + "_" + what;
    auto* const found = reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, symbol.c_str()));
    EXPECT_NE(found, nullptr) << symbol;
    return found;
  }
  /// Number of allocations and other objects that the fake runtime has not got back.
  static std::size_t held() {
    return fakes<std::size_t(int)>("allocations")(0) + fakes<std::size_t()>("objects")();
  }
};

TEST_P(Npus, FindNoOperandsAndFewDirtyLinesInACacheThatTheyTellOnlyAPartOf) {
  // They tell 1 MiB, and the fake runtime's cache has 32.
  constexpr std::uint64_t kBytes = 3 << 20;
  const std::string copy = "copy n=786432 type=f32";
  const auto at_launch = [&](assay_mode mode) {
    EXPECT_THAT(compute(copy, npu().copies, 2, mode), IsRight());
    assay::fakes::LastCopy out;
    fakes<void(assay::fakes::LastCopy*)>("last_copy")(&out);
    return out;
  };
  EXPECT_EQ(at_launch(ASSAY_HOT).held, kBytes);
  const assay::fakes::LastCopy cold = at_launch(ASSAY_COLD);
  EXPECT_EQ(cold.held, 0U);
  EXPECT_LE(cold.dirty, std::uint64_t{2} << 20);
}

TEST_P(Npus, MultiplyEveryLayoutTypeAndBatch) {
  for (const char* rest : npu().products) {
    EXPECT_THAT(compute("matmul m=33 n=17 k=65 " + std::string(rest), npu().multiplies), IsRight())
        << rest;
  }
}

TEST_P(Npus, NameTheTypeThatTheyDoNotMultiply) {
  for (const char* type : npu().refused) {
    EXPECT_THAT(reason("matmul m=8 n=8 k=8 a=" + std::string(type), npu().multiplies),
                HasSubstr(type));
  }
}

TEST_P(Npus, FindOutThatF32IsRoundedFirstAndRefuseIt) {
  const Setting rounds(npu().rounds, "1");
  EXPECT_THAT(reason("matmul m=8 n=8 k=8 a=f16 c=f32", npu().multiplies), HasSubstr("rounds"));
  EXPECT_EQ(reason("matmul m=8 n=8 k=8 a=f16 c=f16", npu().multiplies), "");
}

TEST_P(Npus, MoveEitherWayAndWithin) {
  for (const char* what :
       {"direction=h2d memory=pinned", "direction=h2d memory=pageable",
        "direction=d2h memory=pinned", "direction=d2h memory=pageable", "direction=d2d"}) {
    EXPECT_THAT(compute("transfer n=5000 type=bf16 " + std::string(what), npu().copies, 3),
                IsRight())
        << what;
  }
}

TEST_P(Npus, TimeEachLaunchHotAndCold) {
  for (const assay_mode mode : {ASSAY_HOT, ASSAY_COLD}) {
    const Outcome out = compute("triad n=4096 type=f32", npu().adds, 70, mode);
    EXPECT_THAT(out, IsRight());
    EXPECT_THAT(out.launches, Each(Field(&assay_launch::device_seconds, Gt(0))));
    EXPECT_THAT(out.launches, Each(Field(&assay_launch::host_seconds, Gt(0))));
  }
}

TEST_P(Npus, GiveBackWhatTheyTook) {
  compute("copy n=64 type=f32", npu().copies, 1, ASSAY_COLD);
  const std::size_t before = held();
  for (int i = 0; i < 200; ++i) {
    ASSERT_THAT(compute("matmul m=4 n=4 k=4 a=f32", npu().multiplies), IsRight());
    ASSERT_THAT(compute("transfer n=4 type=f32 direction=d2h memory=pinned", npu().copies),
                IsRight());
    for (const auto& [problem, name] : npu().takes_more) {
      ASSERT_THAT(compute(problem, name), IsRight());
    }
  }
  EXPECT_EQ(held(), before);
}

TEST_P(Npus, ServeAThreadThatDidNotOpenTheDevice) {
  Outcome out;
  std::thread([&] { out = compute("copy n=1000 type=i8", npu().copies); }).join();
  EXPECT_THAT(out, IsRight());
}

TEST_P(Npus, ReportMemoryThatRanOut) {
  const WithFault fault("oom@" + std::string(npu().allocates));
  EXPECT_THAT(compute("copy n=64 type=f32", npu().copies),
              Failed(ASSAY_OUT_OF_MEMORY, npu().no_memory));
}

TEST_P(Npus, ReportAFailedDeviceInTheRuntimesWords) {
  for (const char* call : npu().may_fail) {
    const WithFault fault("fail@" + std::string(call));
    EXPECT_THAT(compute("triad n=64 type=f32", npu().adds),
                Failed(ASSAY_DEVICE_ERROR, npu().failed))
        << call;
  }
}

TEST_P(Npus, ReportAnOperatorThatFails) {
  for (const auto& [call, words] : npu().operator_faults) {
    const WithFault fault("fail@" + call);
    EXPECT_THAT(compute(npu().problem, npu().solves), Failed(ASSAY_DEVICE_ERROR, words)) << call;
  }
}

TEST_P(Npus, DoNotHideAWrongResult) {
  const WithFault fault("wrong@" + std::string(npu().operates) + ".run");
  const Outcome out = compute(npu().problem, npu().solves);
  EXPECT_EQ(out.status, ASSAY_OK);
  EXPECT_EQ(out.result, kernels::Outcome::wrong);
}

TEST_P(Npus, CannotOpenADeviceThatFails) {
  table_.close(device_);
  device_ = nullptr;
  for (const char* call : npu().opens) {
    const WithFault fault("fail@" + std::string(call));
    EXPECT_EQ(open(), ASSAY_DEVICE_ERROR) << call;
    EXPECT_THAT(table_.last_error(), HasSubstr(call));
  }
  EXPECT_EQ(open(), ASSAY_OK) << table_.last_error();
}

INSTANTIATE_TEST_SUITE_P(Families, Npus, testing::Values(kAscend, kCambricon),
                         [](const auto& family) { return std::string(family.param.name); });

}  // namespace
}  // namespace assay::vendors
