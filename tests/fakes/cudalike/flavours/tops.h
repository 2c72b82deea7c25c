// TopsRider's names: tops_runtime_api.h (attributes in their order, from 0) and eccl.h.
#pragma once

#define FAKE_RUNTIME tops
#define FAKE_DRIVER tops
#define FAKE_COLLECTIVES eccl

#define FAKE_MALLOC topsMalloc
#define FAKE_HOST_ALLOC topsHostMalloc
#define FAKE_HOST_FREE topsHostFree
#define FAKE_TOTAL_MEMORY topsDeviceTotalMem

namespace assay::fakes::cudalike {

struct Attributes {
  static constexpr int threads = 9, local = 11, subgroup = 1010, clock = 0, units = 10,
                       memory_clock = 1036, bus = 1037, cache = 1038, major = 1, minor = 2,
                       local_opt_in = 1097;
};
inline constexpr int kVersion = 1090, kSubgroup = 1, kLocalMost = 48 << 10, kLocalFree = kLocalMost;

}  // namespace assay::fakes::cudalike
