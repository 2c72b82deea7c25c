#include "backends/cpu/cpu_identity.h"

#include <limits>
#include <map>
#include <sstream>
#include <string_view>

namespace assay::backends::cpu {
namespace {

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

/// The first processor's lines by their keys.
std::map<std::string, std::string> first_processor(const std::string& text) {
  std::map<std::string, std::string> fields;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) {
      if (!fields.empty()) break;
      continue;
    }
    fields.emplace(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
  }
  return fields;
}

// arm64 numbers: Linux, arch/arm64/include/asm/cputype.h.
std::string vendor_name(const std::string& id) {
  static const std::map<std::string, std::string, std::less<>> kNames = {
      {"AuthenticAMD", "AMD"},     {"GenuineIntel", "Intel"},   {"HygonGenuine", "Hygon"},
      {"CentaurHauls", "Zhaoxin"}, {"  Shanghai  ", "Zhaoxin"}, {"0x41", "Arm"},
      {"0x48", "HiSilicon"},       {"0x4e", "NVIDIA"},          {"0x61", "Apple"},
      {"0x70", "Phytium"},         {"0xc0", "Ampere"},          {"0x46", "Fujitsu"}};
  const auto found = kNames.find(id);
  return found == kNames.end() ? id : found->second;
}

bool has_word(const std::string& words, std::string_view wanted) {
  std::istringstream list(words);
  for (std::string word; list >> word;) {
    if (word == wanted) return true;
  }
  return false;
}

}  // namespace

CpuIdentity parse_cpuinfo(const std::string& text) {
  auto fields = first_processor(text);
  CpuIdentity out;
  out.name = fields["model name"];
  const std::string& id = fields["vendor_id"];
  out.vendor = vendor_name(id.empty() ? fields["CPU implementer"] : id);
  static constexpr std::pair<const char*, const char*> kDesign[] = {
      {"cpu.family", "cpu family"},   {"cpu.model", "model"},
      {"cpu.stepping", "stepping"},   {"cpu.part", "CPU part"},
      {"cpu.variant", "CPU variant"}, {"cpu.revision", "CPU revision"}};
  for (const auto& [key, field] : kDesign) {
    if (!fields[field].empty()) out.design.emplace_back(key, fields[field]);
  }
  out.microcode = fields["microcode"];
  out.virtual_machine = has_word(fields["flags"], "hypervisor");
  out.clock_measured = has_word(fields["flags"], "aperfmperf");
  return out;
}

double mean_clock_hz(const std::string& cpuinfo) {
  std::istringstream lines(cpuinfo);
  double sum = 0;
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("cpu MHz")) continue;
    std::istringstream number(line.substr(line.find(':') + 1));
    double megahertz = 0;
    if (!(number >> megahertz)) continue;
    sum += megahertz * 1e6;
    ++count;
  }
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / count;
}

}  // namespace assay::backends::cpu
