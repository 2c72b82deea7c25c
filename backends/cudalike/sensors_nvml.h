// NVML's calls that are made; Iluvatar's ixML has the same. Signatures after nvml.h of CUDA 12.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "backends/cudalike/call.h"

namespace assay::backends::cudalike {

/// nvmlFieldValue_t.
struct NvmlFieldValue {
  unsigned field = 0, scope = 0;
  long long timestamp = 0, latency_microseconds = 0;
  int type = 0, status = 0;
  union {
    double real;
    unsigned integer;
    unsigned long long large;
  } value = {};
};
static_assert(sizeof(NvmlFieldValue) == 40);

struct NvmlApi {
  Call<int()> init, shutdown;
  Call<int(const char*, void**)> by_bus_id;
  Call<int(void*, unsigned*)> power_milliwatts, power_limit_milliwatts;
  Call<int(void*, unsigned long long*)> energy_millijoules, throttle_reasons;
  Call<int(void*, int, unsigned*)> clock_megahertz, temperature;
  Call<int(void*, int, NvmlFieldValue*)> field_values;
  Call<int(void*, char*, unsigned)> serial;
  Call<int(char*, unsigned)> driver_version;
  Call<int(void*, int*, int*)> ecc;
  Call<int(void*, unsigned*, unsigned*)> mig;
};

void bind(NvmlApi& api, Binder& binder);

/// nvmlClocksThrottleReasons in words: "software power cap, hardware thermal".
std::string throttle_text(unsigned long long reasons);

/// What keeps the clock low right now, and what did since the last look: the driver counts the time
/// that each reason has cost, in steps of about 100 ms.
class ThrottleCounters {
 public:
  /// Bits of nvmlClocksThrottleReasons whose counters have grown since the call before; 0 the first
  /// time.
  unsigned long long grown(const NvmlApi& api, void* device);

 private:
  std::array<std::optional<unsigned long long>, 4> last_;
};

}  // namespace assay::backends::cudalike
