#include "harness/ranks/pinning.h"

#include <fmt/format.h>
#include <hwloc.h>

#include <cstdlib>
#include <memory>
#include <vector>

namespace assay::harness::ranks {

namespace {

struct DestroyTopology {
  void operator()(hwloc_topology* topology) const { hwloc_topology_destroy(topology); }
};
using Topology = std::unique_ptr<hwloc_topology, DestroyTopology>;

struct FreeBitmap {
  void operator()(hwloc_bitmap_s* bitmap) const { hwloc_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<hwloc_bitmap_s, FreeBitmap>;

Topology load() {
  hwloc_topology_t topology = nullptr;
  if (hwloc_topology_init(&topology) != 0) return nullptr;
  Topology out(topology);
  hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_IMPORTANT);
  return hwloc_topology_load(topology) == 0 ? std::move(out) : nullptr;
}

std::string text_of(hwloc_const_bitmap_t cores) {
  char* text = nullptr;
  hwloc_bitmap_list_asprintf(&text, cores);
  const std::unique_ptr<char, decltype(&std::free)> owner(text, std::free);
  return text ? text : "";
}

/// The cores of the NUMA node to which a PCI device is attached; all cores of the machine if
/// unknown.
Bitmap near(hwloc_topology_t topology, const std::string& bus_id) {
  const hwloc_obj_t device =
      bus_id.empty() ? nullptr : hwloc_get_pcidev_by_busidstring(topology, bus_id.c_str());
  const hwloc_obj_t around = device ? hwloc_get_non_io_ancestor_obj(topology, device) : nullptr;
  return Bitmap(hwloc_bitmap_dup(
      around && around->cpuset ? around->cpuset : hwloc_topology_get_topology_cpuset(topology)));
}

}  // namespace

std::string pin(const Place& place, const results::record::DeviceIdentity& device) {
  const Topology topology = load();
  if (!topology) return "not pinned: hwloc cannot read this machine";
  const Bitmap allowed(hwloc_bitmap_alloc());
  if (hwloc_get_cpubind(topology.get(), allowed.get(), HWLOC_CPUBIND_PROCESS) != 0) {
    return "not pinned: the operating system does not report the allowed cores";
  }
  if (!hwloc_bitmap_isequal(allowed.get(), hwloc_topology_get_allowed_cpuset(topology.get()))) {
    return fmt::format("{} by the launcher", text_of(allowed.get()));
  }
  Bitmap cores = near(topology.get(), device.bus_id);
  hwloc_bitmap_and(cores.get(), cores.get(), allowed.get());
  if (hwloc_bitmap_iszero(cores.get())) cores.reset(hwloc_bitmap_dup(allowed.get()));
  const hwloc_obj_t root = hwloc_get_obj_covering_cpuset(topology.get(), cores.get());
  std::vector<hwloc_cpuset_t> sets(place.slots);
  hwloc_obj_t roots[] = {root};
  if (hwloc_distrib(topology.get(), roots, 1, sets.data(), place.slots, INT_MAX, 0) != 0) {
    return "not pinned: hwloc cannot divide the cores";
  }
  std::vector<Bitmap> owners;
  for (hwloc_cpuset_t set : sets) owners.emplace_back(set);
  hwloc_const_bitmap_t mine = sets[place.slot % place.slots];
  if (hwloc_set_cpubind(topology.get(), mine, HWLOC_CPUBIND_PROCESS) != 0) {
    return "not pinned: the operating system refused";
  }
  return text_of(mine);
}

}  // namespace assay::harness::ranks
