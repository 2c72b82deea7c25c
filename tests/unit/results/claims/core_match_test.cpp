// Claims about a processor's core must be judged on that core alone.
#include <gtest/gtest.h>

#include "results/claims/catalogue.h"
#include "results/claims/evidence.h"

namespace assay::results::claims {
namespace {

record::DeviceIdentity xeon(const char* model, const char* features) {
  record::DeviceIdentity device;
  device.name = "Intel(R) Xeon(R) Processor";
  device.kind = "cpu";
  device.properties = {{"cpu.family", "6"}, {"cpu.model", model}, {"features", features}};
  return device;
}

TEST(CoreMatch, RecognisesSapphireAndEmeraldRapidsWithoutAmx) {
  const Catalogue built_in = built_in_catalogue();
  const System& core = find_system(built_in, "intel-sapphire-rapids");
  const char* features = "avx2 avx512 avx512_bf16 avx512_vnni avx512_fp16";
  EXPECT_TRUE(matches(core, xeon("143", features)));
  EXPECT_TRUE(matches(core, xeon("207", features)));
  // Ice Lake, Granite Rapids, and numbers that only contain the right ones.
  for (const char* model : {"106", "173", "43", "1143", "2070"}) {
    EXPECT_FALSE(matches(core, xeon(model, features))) << model;
  }
  EXPECT_FALSE(matches(core, xeon("143", "avx2 avx512 avx512_bf16 avx512_vnni amx_bf16 amx_int8")));
  EXPECT_FALSE(matches(core, xeon("143", "avx2")));
  record::DeviceIdentity other_family = xeon("143", features);
  other_family.properties["cpu.family"] = "26";
  EXPECT_FALSE(matches(core, other_family));
}

}  // namespace
}  // namespace assay::results::claims
