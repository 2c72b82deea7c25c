// What the catalogue publishes of a device, as far as trust asks for it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "kernels/dtype.h"
#include "results/record/record.h"

namespace assay::results::trust {

struct PublishedPeak {
  double rate = 0;     ///< FLOP/s or B/s
  std::string system;  ///< "H200 SXM"
};

struct PublishedPeaks {
  std::map<kernels::DataType, PublishedPeak> arithmetic;  ///< dense
  std::optional<PublishedPeak> memory;
};

/// The highest figures of all systems of the built-in catalogue that the device may be; empty if it
/// is none of them. The catalogue lies above this folder, so that
/// results/claims/published_peaks.cpp defines this function. Thread-safe.
const PublishedPeaks& published_peaks(const record::DeviceIdentity& device);

}  // namespace assay::results::trust
