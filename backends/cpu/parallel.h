// Loops over the device's threads.
#pragma once

#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "backends/cpu/machine.h"

namespace assay::backends::cpu {

/// body(slot) once for each slot in [0, threads()), each on a thread of its own where all are free.
template <class Body>
void on_all_threads(Machine& machine, const Body& body) {
  const auto threads = static_cast<int>(machine.threads());
  if (threads == 1) {
    machine.arena().execute([&] { body(0); });
    return;
  }
  machine.arena().execute([&] { tbb::parallel_for(0, threads, body, tbb::static_partitioner{}); });
}

/// body(piece, slot) for each piece in [0, pieces), in ascending order, by any thread that is
/// free. Pieces of one slot run one after another.
template <class Body>
void for_each_piece(Machine& machine, std::int64_t pieces, const Body& body) {
  std::atomic<std::int64_t> next{0};
  on_all_threads(machine, [&](int slot) {
    for (std::int64_t piece = next++; piece < pieces; piece = next++) body(piece, slot);
  });
}

/// First of `total` items that part `index` of `parts` owns; every part but the last begins on a
/// multiple of `grain`.
inline std::int64_t part_begin(std::int64_t total, std::int64_t parts, std::int64_t index,
                               std::int64_t grain) {
  const std::int64_t grains = (total + grain - 1) / grain;
  return std::min(total, grains * index / parts * grain);
}

}  // namespace assay::backends::cpu
