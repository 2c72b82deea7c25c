// Code that the fake modules share.
#pragma once

#include <algorithm>
#include <cstring>

#include "backends/assay_backend.h"

#define ASSAY_FAKE_EXPORT extern "C" __attribute__((visibility("default")))

namespace assay::fakes {

/// Fills the caller's struct up to its size.
template <class Struct>
void hand_out(Struct value, Struct* out) {
  value.struct_size = out->struct_size;
  std::memcpy(out, &value, std::min(out->struct_size, sizeof value));
}

}  // namespace assay::fakes
