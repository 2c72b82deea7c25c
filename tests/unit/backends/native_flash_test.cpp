#include "kernels/problem.h"
#include "tests/unit/backends/native_case.h"

namespace assay::backends::cpu {

namespace native_flash {
extern const Implementation implementation;
}

namespace {

constexpr const char* kTypes[] = {"f32", "bf16", "f16"};
constexpr const char* kMasks[] = {"none", "causal"};

std::string attention(const std::string& heads, int sq, int skv, const std::string& width,
                      const char* type, const char* mask) {
  return "attention b=2 " + heads + " sq=" + std::to_string(sq) + " skv=" + std::to_string(skv) +
         " " + width + " type=" + type + " mask=" + mask;
}

TEST(NativeFlash, IsRightOnEveryTargetForPrefill) {
  for (const std::int64_t target : native_targets()) {
    const OnTarget on(target);
    for (const char* type : kTypes) {
      for (const char* mask : kMasks) {
        for (const char* width : {"d=64", "d=72 dv=40", "d=9 dv=17"}) {
          expect_right(native_flash::implementation,
                       attention("hq=2 hkv=2", 50, 50, width, type, mask));
          expect_right(native_flash::implementation,
                       attention("hq=4 hkv=2", 19, 301, width, type, mask));
        }
      }
    }
  }
}

TEST(NativeFlash, IsRightOnEveryTargetForDecode) {
  for (const std::int64_t target : native_targets()) {
    const OnTarget on(target);
    for (const char* type : kTypes) {
      for (const char* mask : kMasks) {
        for (const char* width : {"d=64", "d=72 dv=40", "d=9 dv=17"}) {
          for (const char* heads : {"hq=2 hkv=2", "hq=5 hkv=1"}) {
            expect_right(native_flash::implementation, attention(heads, 1, 301, width, type, mask));
            expect_right(native_flash::implementation, attention(heads, 3, 130, width, type, mask));
          }
        }
      }
    }
  }
}

TEST(NativeFlash, TakesTheHeadWidthsOfLanguageModels) {
  for (const char* type : kTypes) {
    for (const char* width : {"d=128", "d=192 dv=128", "d=256"}) {
      expect_right(native_flash::implementation,
                   attention("hq=4 hkv=1", 130, 600, width, type, "causal"));
      expect_right(native_flash::implementation,
                   attention("hq=8 hkv=1", 1, 1025, width, type, "causal"));
    }
  }
}

TEST(NativeFlash, HandlesTheSmallestShapes) {
  for (const char* type : kTypes) {
    for (const char* mask : kMasks) {
      expect_right(native_flash::implementation, attention("hq=1 hkv=1", 1, 1, "d=1", type, mask));
      expect_right(native_flash::implementation, attention("hq=17 hkv=1", 1, 1, "d=1", type, mask));
      expect_right(native_flash::implementation,
                   attention("hq=1 hkv=1", 17, 17, "d=2", type, mask));
    }
  }
}

TEST(NativeFlash, KeepsOutliersWithinBounds) {
  for (const char* type : kTypes) {
    for (const int sq : {1, 40}) {
      expect_right(native_flash::implementation,
                   attention("hq=2 hkv=1", sq, 200, "d=64", type, "causal") + " dist=llm");
    }
  }
}

}  // namespace
}  // namespace assay::backends::cpu
