// SUPA's older names, as far as they are public: the runtime alone, the stream before a copy's
// kind.
#pragma once

#define FAKE_RUNTIME su
#define FAKE_DRIVER sudrv
#define FAKE_STREAM_BEFORE_KIND

#define FAKE_MALLOC suMallocDevice
#define FAKE_HOST_ALLOC suMallocHost
#define FAKE_HOST_FREE suFreeHost

namespace assay::fakes::cudalike {

struct Attributes {
  static constexpr int threads = 1, local = 8, subgroup = 10, clock = 13, units = 16,
                       memory_clock = 36, bus = 37, cache = 38, major = 75, minor = 76,
                       local_opt_in = 97;
};
inline constexpr int kVersion = 1060, kSubgroup = 32, kLocalMost = 48 << 10,
                     kLocalFree = kLocalMost;

}  // namespace assay::fakes::cudalike
