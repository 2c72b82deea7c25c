#include "kernels/problem.h"
#include "tests/unit/backends/native_case.h"

namespace assay::backends::cpu {
namespace native_mla {
extern const Implementation implementation;
}
}  // namespace assay::backends::cpu

namespace assay::backends::cpu::native_mla_test {
namespace {

constexpr const char* kTypes[] = {"f32", "bf16", "f16"};
constexpr const char* kMasks[] = {"none", "causal"};

std::string mla(const std::string& sizes, const char* type, const char* mask) {
  return "mla_decode " + sizes + " type=" + type + " mask=" + mask;
}

TEST(NativeMla, IsRightOnEveryTarget) {
  for (const std::int64_t target : native_targets()) {
    const OnTarget on(target);
    for (const char* type : kTypes) {
      for (const char* mask : kMasks) {
        for (const char* width : {"latent=64 rope=16", "latent=40 rope=9", "latent=17 rope=2"}) {
          expect_right(native_mla::implementation,
                       mla("b=2 hq=7 sq=3 skv=301 " + std::string(width), type, mask));
        }
      }
    }
  }
}

TEST(NativeMla, TakesTheDimensionsOfDeepSeekV3) {
  for (const char* type : kTypes) {
    expect_right(native_mla::implementation, mla("b=1 skv=700", type, "none"));
    expect_right(native_mla::implementation, mla("b=9 sq=2 skv=65", type, "causal"));
  }
}

TEST(NativeMla, HandlesTheSmallestShapesAndManyRows) {
  for (const char* type : kTypes) {
    expect_right(native_mla::implementation, mla("b=1 hq=1 skv=1 latent=1 rope=1", type, "none"));
    expect_right(native_mla::implementation, mla("b=1 hq=131 skv=1 latent=8 rope=1", type, "none"));
    expect_right(native_mla::implementation,
                 mla("b=1 hq=5 sq=60 skv=60 latent=24 rope=8", type, "causal"));
    expect_right(native_mla::implementation,
                 mla("b=20 hq=3 skv=129 latent=24 rope=8", type, "none") + " dist=llm");
  }
}

}  // namespace
}  // namespace assay::backends::cpu::native_mla_test
