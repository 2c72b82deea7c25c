// The host's memory next to a device: a transfer to another node's memory crosses the processors'
// link too.
#pragma once

#include <string>

namespace assay::backends::cudalike {

/// The NUMA node that the kernel names for a PCI device; -1 where it names none.
int numa_node(const std::string& bus_id);

/// While it lives, this thread's new memory comes from one node where that has room (set_mempolicy,
/// MPOL_PREFERRED). A policy that the user has set stays.
class NodePreference {
 public:
  explicit NodePreference(int node);
  ~NodePreference();
  NodePreference(const NodePreference&) = delete;
  NodePreference& operator=(const NodePreference&) = delete;

  /// For the record: "node 1", or why it is not.
  const std::string& text() const { return text_; }

 private:
  bool set_ = false;
  std::string text_;
};

}  // namespace assay::backends::cudalike
