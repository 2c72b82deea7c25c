// Tests only for the Cambricon module, with a fake Neuware.
#include "tests/vendors/module_case.h"

namespace assay::vendors {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

class Cambricon : public ModuleCase {
 protected:
  Cambricon() : ModuleCase(module_of("cambricon", "NEUWARE_HOME")) {}
};

TEST_F(Cambricon, NeverAllowsTf32) {
  // The fake CNNL refuses a f32 product that leaves TF32 on.
  const Outcome out = compute("matmul m=8 n=8 k=8 a=f32", "library/cnnl");
  EXPECT_THAT(out, IsRight());
  EXPECT_THAT(out.details, Contains(Pair("tf32", "not allowed")));
  EXPECT_THAT(out.details, Contains(Pair("operator", "cnnlBatchMatMulEx")));
}

TEST_F(Cambricon, RefusesWhatIsNotDocumented) {
  EXPECT_THAT(reason("matmul m=65536 n=8 k=65536 a=f32", "library/cnnl"), HasSubstr("2^31"));
  EXPECT_THAT(reason("triad n=64 type=f64", "library/cnnl"), HasSubstr("f64"));
}

TEST_F(Cambricon, ReadsPower) {
  assay_sensors sensors = {};
  sensors.struct_size = sizeof sensors;
  ASSERT_EQ(table_.sensors(device_, &sensors), ASSAY_OK) << table_.last_error();
  EXPECT_DOUBLE_EQ(sensors.power_watts, 120);
  const WithFault fault("fail@cndevGetDevicePowerInfo");
  ASSERT_EQ(table_.sensors(device_, &sensors), ASSAY_OK) << table_.last_error();
  EXPECT_DOUBLE_EQ(sensors.power_watts, 120) << "by the older call";
}

}  // namespace
}  // namespace assay::vendors
