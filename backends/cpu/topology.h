// The cores that this process may use, and their caches, as hwloc finds them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace assay::backends::cpu {

/// One hardware thread (processing unit).
struct Processor {
  int os_index = 0;
  int core = 0;               ///< number of its core among those the process may use
  int last_level = 0;         ///< number of its last-level cache
  std::size_t l1_bytes = 0;   ///< of its core, data
  std::size_t l2_bytes = 0;   ///< of its core
  std::size_t llc_bytes = 0;  ///< of its last-level cache, whole
};

struct Topology {
  /// One of each core first, then the second of each, and so on: the order threads are placed in.
  std::vector<Processor> processors;
  unsigned cores = 0;
  unsigned machine_cores = 0;       ///< of the whole machine
  unsigned machine_processors = 0;  ///< of the whole machine
  unsigned packages = 0;
  unsigned numa_nodes = 0;
  /// The caches are a guess, since hwloc found none.
  bool caches_assumed = false;
  /// hwloc does not know all processors that the kernel lets this process use: a variable or a file
  /// describes another machine. Cores are then unknown, and each processor counts as one.
  bool foreign = false;
  std::string cpu_model;      ///< "" unknown
  std::string hwloc_version;  ///< "2.9.0"
};

/// As the process found it when it first asked: what it was given, before any thread was pinned.
/// Throws assay::Error where hwloc fails.
const Topology& topology();

}  // namespace assay::backends::cpu
