#include "kernels/problem.h"
#include "tests/unit/backends/native_case.h"

namespace assay::backends::cpu {

namespace reference {
extern const Implementation implementation;
}

namespace {

TEST(Reference, IsRightInEveryOperation) {
  for (const char* text :
       {"matmul m=33 n=20 k=17 a=bf16 c=f32 layout=tn batch=2", "matmul m=9 n=9 k=9 a=f8e4m3",
        "attention b=1 hq=4 hkv=2 sq=9 skv=17 d=16 type=f16 mask=causal", "copy n=1000 type=i32",
        "triad n=1000 type=bf16", "fma n=128 steps=20 type=f8e5m2"}) {
    expect_right(reference::implementation, text);
  }
}

TEST(Reference, ServesOperationsThatAreNotNamedInIt) {
  EXPECT_EQ(reference::implementation.operation, "");
}

}  // namespace
}  // namespace assay::backends::cpu
