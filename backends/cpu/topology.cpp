#include "backends/cpu/topology.h"

#include <fmt/format.h>
#include <hwloc.h>
#include <sched.h>
#include <tbb/info.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>

#include "backends/cpu/pinning.h"
#include "kernels/error.h"

namespace assay::backends::cpu {
namespace {

// Assumed where the machine does not report them: smaller than today's first levels and larger than
// most last levels, so that blocks fit and flushing reaches everything.
constexpr std::size_t kAssumedL1 = 32u << 10;
constexpr std::size_t kAssumedL2 = 512u << 10;
constexpr std::size_t kAssumedLastLevel = 64u << 20;

struct DestroyTopology {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using Hwloc = std::unique_ptr<hwloc_topology, DestroyTopology>;

struct FreeBitmap {
  void operator()(hwloc_bitmap_t bitmap) const { hwloc_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<hwloc_bitmap_s, FreeBitmap>;

Hwloc load() {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) throw Error("hwloc cannot begin to look at this machine");
  Hwloc hwloc(raw);
  if (hwloc_topology_load(raw) != 0) {
    throw Error("hwloc cannot read the topology of this machine",
                "mount /sys and /proc where this runs");
  }
  return hwloc;
}

unsigned count(hwloc_topology_t hwloc, hwloc_obj_type_t type) {
  return static_cast<unsigned>(std::max(0, hwloc_get_nbobjs_by_type(hwloc, type)));
}

std::size_t cache_bytes(hwloc_topology_t hwloc, hwloc_obj_t unit, hwloc_obj_type_t level) {
  const hwloc_obj_t cache = hwloc_get_ancestor_obj_by_type(hwloc, level, unit);
  return cache == nullptr ? 0 : cache->attr->cache.size;
}

hwloc_obj_t outermost_cache(hwloc_obj_t unit) {
  hwloc_obj_t cache = nullptr;
  for (hwloc_obj_t object = unit->parent; object != nullptr; object = object->parent) {
    if (hwloc_obj_type_is_dcache(object->type)) cache = object;
  }
  return cache;
}

/// Numbers objects in the order they are first asked for.
class Numbering {
 public:
  int operator()(hwloc_obj_t object) {
    return numbers_.try_emplace(object, static_cast<int>(numbers_.size())).first->second;
  }
  unsigned size() const { return static_cast<unsigned>(numbers_.size()); }

 private:
  std::map<hwloc_obj_t, int> numbers_;
};

void add_processors(hwloc_topology_t hwloc, const hwloc_bitmap_s& allowed, Topology& out) {
  Numbering cores, caches;
  std::map<int, int> used_of_core;
  std::vector<std::pair<int, Processor>> ranked;  // number within the core, processor
  hwloc_obj_t unit = nullptr;
  while ((unit = hwloc_get_next_obj_by_type(hwloc, HWLOC_OBJ_PU, unit)) != nullptr) {
    if (!hwloc_bitmap_isset(&allowed, unit->os_index)) continue;
    const hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(hwloc, HWLOC_OBJ_CORE, unit);
    const hwloc_obj_t cache = outermost_cache(unit);
    Processor processor;
    processor.os_index = static_cast<int>(unit->os_index);
    processor.core = cores(core == nullptr ? unit : core);
    processor.last_level = caches(cache);
    processor.l1_bytes = cache_bytes(hwloc, unit, HWLOC_OBJ_L1CACHE);
    processor.l2_bytes = cache_bytes(hwloc, unit, HWLOC_OBJ_L2CACHE);
    processor.llc_bytes = cache == nullptr ? 0 : cache->attr->cache.size;
    ranked.emplace_back(used_of_core[processor.core]++, processor);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [rank, processor] : ranked) out.processors.push_back(processor);
  out.cores = cores.size();
}

void assume_missing_caches(Topology& out) {
  for (Processor& processor : out.processors) {
    const auto assume = [&out](std::size_t& bytes, std::size_t assumed) {
      if (bytes != 0) return;
      bytes = assumed;
      out.caches_assumed = true;
    };
    assume(processor.l1_bytes, kAssumedL1);
    assume(processor.l2_bytes, std::max(processor.l1_bytes, kAssumedL2));
    assume(processor.llc_bytes, std::max(processor.l2_bytes, kAssumedLastLevel));
  }
}

std::string info(hwloc_topology_t hwloc, const char* name) {
  const hwloc_obj_t package = hwloc_get_obj_by_type(hwloc, HWLOC_OBJ_PACKAGE, 0);
  const char* text = package == nullptr ? nullptr : hwloc_obj_get_info_by_name(package, name);
  return text == nullptr ? "" : text;
}

/// The processors that the kernel lets any thread of this process use: some may have been pinned
/// already by whoever loaded this. hwloc is not asked, since it may have been told of others.
Bitmap allowed_by_kernel() {
  Bitmap allowed(hwloc_bitmap_alloc());
  if (!allowed) throw std::bad_alloc();
  const auto release = [](cpu_set_t* set) { CPU_FREE(set); };
  for (int count = 1024; count <= 1 << 20; count *= 4) {
    const std::unique_ptr<cpu_set_t, decltype(release)> set(CPU_ALLOC(count), release);
    if (!set) throw std::bad_alloc();
    const std::size_t bytes = CPU_ALLOC_SIZE(count);
    bool too_small = false;
    for (const pid_t thread : threads_of_process()) {
      CPU_ZERO_S(bytes, set.get());
      if (sched_getaffinity(thread, bytes, set.get()) != 0) {
        too_small = too_small || errno == EINVAL;
        continue;
      }
      for (int i = 0; i < count; ++i) {
        if (CPU_ISSET_S(i, bytes, set.get()))
          hwloc_bitmap_set(allowed.get(), static_cast<unsigned>(i));
      }
    }
    if (!too_small) break;
  }
  return allowed;
}

/// Each processor of the set as a core of its own.
void replace_by_allowed(const hwloc_bitmap_s& allowed, Topology& out) {
  out.foreign = true;
  out.processors.clear();
  for (int i = hwloc_bitmap_first(&allowed); i >= 0; i = hwloc_bitmap_next(&allowed, i)) {
    Processor processor;
    processor.os_index = i;
    processor.core = static_cast<int>(out.processors.size());
    out.processors.push_back(processor);
  }
  out.cores = static_cast<unsigned>(out.processors.size());
}

Topology find_topology() {
  // oneTBB counts the processors when first asked, and must do so before a thread is pinned.
  static_cast<void>(tbb::info::default_concurrency());
  const Hwloc hwloc = load();
  const Bitmap allowed = allowed_by_kernel();
  if (hwloc_bitmap_iszero(allowed.get()) != 0) {
    hwloc_bitmap_copy(allowed.get(), hwloc_topology_get_allowed_cpuset(hwloc.get()));
  }
  Topology out;
  add_processors(hwloc.get(), *allowed, out);
  if (out.processors.size() < static_cast<std::size_t>(hwloc_bitmap_weight(allowed.get()))) {
    replace_by_allowed(*allowed, out);
  }
  if (out.processors.empty()) {
    throw Error("hwloc does not know any of the processors that this process may use",
                "check its CPU set (taskset, cgroup)");
  }
  assume_missing_caches(out);
  out.machine_cores = count(hwloc.get(), HWLOC_OBJ_CORE);
  out.machine_processors = count(hwloc.get(), HWLOC_OBJ_PU);
  out.packages = count(hwloc.get(), HWLOC_OBJ_PACKAGE);
  out.numa_nodes = count(hwloc.get(), HWLOC_OBJ_NUMANODE);
  out.cpu_model = info(hwloc.get(), "CPUModel");
  const unsigned version = hwloc_get_api_version();
  out.hwloc_version = fmt::format("{}.{}.{}", version >> 16, version >> 8 & 0xffu, version & 0xffu);
  return out;
}

}  // namespace

const Topology& topology() {
  static const Topology found = find_topology();
  return found;
}

}  // namespace assay::backends::cpu
