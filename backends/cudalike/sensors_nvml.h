// NVML's calls that are made; Iluvatar's ixML has the same. Signatures after nvml.h of CUDA 12.
#pragma once

#include "backends/cudalike/call.h"

namespace assay::backends::cudalike {

struct NvmlApi {
  Call<int()> init, shutdown;
  Call<int(const char*, void**)> by_bus_id;
  Call<int(void*, unsigned*)> power_milliwatts, power_limit_milliwatts;
  Call<int(void*, unsigned long long*)> energy_millijoules, throttle_reasons;
  Call<int(void*, int, unsigned*)> clock_megahertz, temperature;
  Call<int(void*, char*, unsigned)> serial;
  Call<int(char*, unsigned)> driver_version;
  Call<int(void*, int*, int*)> ecc;
  Call<int(void*, unsigned*, unsigned*)> mig;
};

void bind(NvmlApi& api, Binder& binder);

/// nvmlClocksThrottleReasons in words: "software power cap, hardware thermal".
std::string throttle_text(unsigned long long reasons);

}  // namespace assay::backends::cudalike
