// Attention as servers run it: window, cap, sinks, pages.
#include "kernels/problem.h"
#include "tests/unit/backends/native_case.h"

namespace assay::backends::cpu {

namespace native_flash {
extern const Implementation implementation;
}
namespace native_paged {
extern const Implementation implementation;
}

namespace {

constexpr const char* kServedTypes[] = {"f32", "bf16", "f16"};
constexpr const char* kMore[] = {"window=70", "softcap=50", "sinks=learned",
                                 "window=129 softcap=20 sinks=learned"};

std::string text_of(const char* sizes, const char* type, const char* more) {
  return std::string(sizes) + " type=" + type + " " + more;
}

TEST(NativeServed, IsRightOnEveryTargetWithWindowCapAndSinks) {
  for (const std::int64_t target : native_targets()) {
    const OnTarget on(target);
    for (const char* type : kServedTypes) {
      for (const char* more : kMore) {
        for (const char* sizes : {"attention b=1 hq=4 hkv=2 sq=30 skv=301 d=64 mask=causal",
                                  "attention b=1 hq=5 hkv=1 sq=3 skv=401 d=72 dv=40 mask=causal",
                                  "attention b=1 hq=2 hkv=2 sq=1 skv=700 d=9 dv=17 mask=causal"}) {
          expect_right(native_flash::implementation, text_of(sizes, type, more));
        }
      }
    }
  }
}

TEST(NativeServed, ReadsKeysFromPagesOnEveryTarget) {
  for (const std::int64_t target : native_targets()) {
    const OnTarget on(target);
    for (const char* type : kServedTypes) {
      for (const char* more : {"page=16", "page=64 window=70", "page=7 sinks=learned pages=200"}) {
        for (const char* sizes :
             {"paged_attention b=2 hq=4 hkv=2 sq=30 skv=201 d=64 lengths=uneven",
              "paged_attention b=2 hq=5 hkv=1 sq=3 skv=201 d=72 lengths=uneven",
              "paged_attention b=2 hq=4 hkv=2 skv=300 d=9 lengths=even"}) {
          expect_right(native_paged::implementation, text_of(sizes, type, more));
        }
      }
    }
  }
}

TEST(NativeServed, TakesTheShapesOfLanguageModels) {
  for (const char* problem :
       {"paged_attention b=2 hq=32 hkv=8 skv=1500 d=128 lengths=uneven",
        "paged_attention b=2 hq=64 hkv=8 skv=900 d=64 window=128 sinks=learned lengths=uneven",
        "paged_attention b=2 hq=8 hkv=2 sq=20 skv=300 d=64 page=1 softcap=9",
        "paged_attention b=2 hq=8 hkv=2 sq=20 skv=300 d=64 page=1000 lengths=uneven",
        "paged_attention b=1 hq=16 hkv=8 sq=40 skv=1000 d=256 window=400 softcap=50"}) {
    expect_right(native_paged::implementation, text_of(problem, "bf16", "dist=llm"));
  }
}

TEST(NativeServed, HandlesTheSmallestShapes) {
  for (const char* type : kServedTypes) {
    for (const char* more : {"page=1", "page=16 window=1", "sinks=learned softcap=1"}) {
      expect_right(native_paged::implementation,
                   text_of("paged_attention b=1 hq=1 hkv=1 skv=1 d=1", type, more));
      expect_right(native_paged::implementation,
                   text_of("paged_attention b=2 hq=17 hkv=1 skv=2 d=1", type, more));
    }
  }
}

}  // namespace
}  // namespace assay::backends::cpu
