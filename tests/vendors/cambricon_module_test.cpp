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

TEST_F(Cambricon, HasNoSensorsAndSaysWhy) {
  assay_sensors sensors = {};
  sensors.struct_size = sizeof sensors;
  EXPECT_EQ(table_.sensors(device_, &sensors), ASSAY_UNSUPPORTED);
  EXPECT_THAT(table_.last_error(), HasSubstr("CNDev"));
}

}  // namespace
}  // namespace assay::vendors
