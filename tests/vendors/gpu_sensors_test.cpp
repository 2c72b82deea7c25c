// Power, temperature and clock of modules that copy CUDA, read from their pretended management
// libraries. Each runs in a process of its own, as ctest does: five pretended runtimes do not fit
// into one static TLS block.
#include "tests/vendors/module_case.h"

namespace assay::vendors {
namespace {

struct Family {
  const char *name, *variable;
  double watts = 120;
};

class GpuSensors : public ModuleCase, public testing::WithParamInterface<Family> {
 protected:
  GpuSensors() : ModuleCase(module_of(GetParam().name, GetParam().variable)) {}
};

TEST_P(GpuSensors, AreThoseOfTheDevice) {
  assay_sensors sensors = {};
  sensors.struct_size = sizeof sensors;
  ASSERT_EQ(table_.sensors(device_, &sensors), ASSAY_OK) << table_.last_error();
  EXPECT_DOUBLE_EQ(sensors.power_watts, GetParam().watts);
  EXPECT_DOUBLE_EQ(sensors.temperature_celsius, 45);
  EXPECT_DOUBLE_EQ(sensors.clock_hz, 1.4e9);
}

INSTANTIATE_TEST_SUITE_P(Families, GpuSensors,
                         testing::Values(Family{"nvidia", "CUDA_HOME", 60},
                                         Family{"thead", "PPU_SDK"}, Family{"biren", "BIREN_HOME"},
                                         Family{"moorethreads", "MUSA_HOME"},
                                         Family{"metax", "MACA_PATH"}),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace assay::vendors
