// What a published system's figures say about the time of a problem: its roofline (Williams,
// Waterman & Patterson 2009) with the published roofs, which no real launch reaches.
#pragma once

#include <string>

#include "backends/sdk/description.h"
#include "kernels/problem.h"

namespace assay::backends::datasheet {

/// What the system lacks to be modelled as one device, in words; empty where nothing is lacking: a
/// single chip, die or processor with memory.bandwidth, memory.capacity and a peak of at least one
/// type.
std::string lacking(const sdk::Published& system);

/// Types that have a peak, separated by spaces.
std::string types_of(const sdk::Published& system);

/// Why no time follows from the figures: the type has no peak (another type's is no substitute), a
/// link or latency is not stated, or the operands exceed the memory. Empty where one follows.
std::string why_not(const sdk::Published& system, const kernels::Problem& problem);

struct Modelled {
  double seconds = 0;
  sdk::Pairs details;  ///< the arithmetic: which roof bounds it, and with which figures
};

/// max(work / peak of its type, compulsory bytes / bandwidth) + the latency of a launch where one
/// is stated. A transfer to or from the host has the host link's bandwidth; one within the device
/// reads and writes its memory. Takes only problems for which why_not() is empty.
Modelled model(const sdk::Published& system, const kernels::Problem& problem);

}  // namespace assay::backends::datasheet
