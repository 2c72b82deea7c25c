// Sensors in the kernel's files, of a made-up card.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "backends/cudalike/sensors_hwmon.h"
#include "unit/backends/temporary_folder.h"

namespace assay::backends::cudalike {
namespace {

class HwmonFiles : public testing::Test {
 protected:
  HwmonFiles() { setenv("ASSAY_PCI_DEVICES", folder_.path().c_str(), 1); }
  ~HwmonFiles() override { unsetenv("ASSAY_PCI_DEVICES"); }
  void write(const std::string& file, const std::string& text) {
    folder_.write("0000:c1:00.0/hwmon/hwmon3/" + file, text + "\n");
  }
  sdk::Readings read() {
    sdk::Readings all;
    const auto found = Hwmon::of("0000:C1:00.0");
    if (found) found->read(all);
    return all;
  }

  TemporaryFolder folder_;
};

TEST_F(HwmonFiles, TellPowerClocksAndTheJunctionsTemperature) {
  write("name", "amdgpu");
  write("power1_average", "380000000");
  write("power1_cap", "750000000");
  write("freq1_label", "sclk");
  write("freq1_input", "2100000000");
  write("freq2_label", "mclk");
  write("freq2_input", "1300000000");
  write("temp1_label", "edge");
  write("temp1_input", "41000");
  write("temp2_label", "junction");
  write("temp2_input", "63000");
  EXPECT_EQ(read().power_watts, 380);
  EXPECT_EQ(read().clock_hz, 2.1e9);
  EXPECT_EQ(read().memory_clock_hz, 1.3e9);
  EXPECT_EQ(read().temperature_celsius, 63);
  EXPECT_EQ(Hwmon::of("0000:c1:00.0")->power_limit_watts(), 750);
  write("power1_input", "412000000");
  EXPECT_EQ(read().power_watts, 412) << "the present power goes before the average";
}

TEST_F(HwmonFiles, ThatAreAbsentTellNothing) {
  EXPECT_FALSE(Hwmon::of("0000:c1:00.0"));
  EXPECT_FALSE(Hwmon::of(""));
  write("name", "amdgpu");
  EXPECT_TRUE(std::isnan(read().power_watts));
  EXPECT_TRUE(std::isnan(read().clock_hz));
  EXPECT_FALSE(Hwmon::of("0000:c1:00.0")->power_limit_watts());
}

}  // namespace
}  // namespace assay::backends::cudalike
