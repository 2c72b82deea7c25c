// The model of the CPU, from /proc/cpuinfo.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace assay::backends::cpu {

struct CpuIdentity {
  std::string name;    ///< "AMD EPYC 9654 96-Core Processor"; "" unknown
  std::string vendor;  ///< "AMD", "Intel", "Arm", …; "" unknown
  /// What distinguishes core designs, by the kernel's names: {"cpu.family", "25"},
  /// {"cpu.model", "17"}, {"cpu.stepping", "1"}, or an Arm core's part, variant and revision.
  std::vector<std::pair<std::string, std::string>> design;
  std::string microcode;  ///< "0xa101148"; "" unknown
  bool virtual_machine = false;
  /// The kernel measures each core's clock, so that "cpu MHz" is no constant.
  bool clock_measured = false;
};

/// From the text of /proc/cpuinfo (its first processor).
CpuIdentity parse_cpuinfo(const std::string& text);

/// Mean of the "cpu MHz" lines in hertz; NaN where there are none.
double mean_clock_hz(const std::string& cpuinfo);

}  // namespace assay::backends::cpu
