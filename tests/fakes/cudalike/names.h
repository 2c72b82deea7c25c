// The C symbols of the fake runtime: ASSAY_FAKE_FLAVOUR is a header in flavours/ with the vendor's
// names.
#pragma once

#include ASSAY_FAKE_FLAVOUR

#define FAKE_JOINED_(prefix, name) prefix##name
#define FAKE_JOINED(prefix, name) FAKE_JOINED_(prefix, name)
#define RUNTIME(name) FAKE_JOINED(FAKE_RUNTIME, name)
#define DRIVER(name) FAKE_JOINED(FAKE_DRIVER, name)
#define BLAS(name) FAKE_JOINED(FAKE_BLAS, name)
#define LT(name) FAKE_JOINED(FAKE_LT, name)
#define SENSORS(name) FAKE_JOINED(FAKE_SENSORS, name)
#define COMPILER(name) FAKE_JOINED(FAKE_COMPILER, name)
