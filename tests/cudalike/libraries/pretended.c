/* A runtime that must not be called: whoever does finds the process gone. Which calls it has, and
 * whose it is, is chosen when it is compiled. */
#include <stdlib.h>

#define CALL(name) \
  int name(void) { abort(); }

#ifdef PRETENDED_XPU
CALL(xpu_device_count)
#endif
#ifdef PRETENDED_HIP
CALL(hipGetDeviceCount)
#else
CALL(cudaGetDeviceCount)
CALL(cudaSetDevice)
#endif
