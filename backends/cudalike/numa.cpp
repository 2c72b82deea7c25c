#include "backends/cudalike/numa.h"

#include <fmt/format.h>
#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "backends/cudalike/library.h"

namespace assay::backends::cudalike {
namespace {

constexpr int kBitsPerWord = 8 * sizeof(unsigned long);
using NodeMask = std::array<unsigned long, 16>;
constexpr unsigned long kMaskBits = kBitsPerWord * 16;

long set_policy(int mode, const unsigned long* mask, unsigned long bits) {
  return syscall(SYS_set_mempolicy, mode, mask, bits);
}

}  // namespace

int numa_node(const std::string& bus_id) {
  if (bus_id.empty()) return -1;
  std::ifstream file(pci_device_folder(bus_id) / "numa_node");
  int node = -1;
  return file >> node ? node : -1;
}

NodePreference::NodePreference(int node) {
  if (node < 0 || node >= static_cast<int>(kMaskBits)) {
    text_ = "any node: the kernel names none for the device";
    return;
  }
  int mode = MPOL_DEFAULT;
  if (syscall(SYS_get_mempolicy, &mode, nullptr, 0, nullptr, 0) == 0 && mode != MPOL_DEFAULT) {
    text_ = "by the policy of the process";
    return;
  }
  NodeMask mask = {};
  mask[static_cast<std::size_t>(node / kBitsPerWord)] = 1UL << (node % kBitsPerWord);
  set_ = set_policy(MPOL_PREFERRED, mask.data(), kMaskBits) == 0;
  text_ = set_ ? fmt::format("node {}", node)
               : fmt::format("any node: set_mempolicy: {}", std::strerror(errno));
}

NodePreference::~NodePreference() {
  if (set_) set_policy(MPOL_DEFAULT, nullptr, 0);
}

}  // namespace assay::backends::cudalike
