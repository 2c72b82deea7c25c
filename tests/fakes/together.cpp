#include "tests/fakes/together.h"

#include <cstring>

#include "kernels/collective.h"

namespace assay::fakes {
namespace {

constexpr std::size_t kIdBytes = 8;

}  // namespace

bool works_with_others(const assay_device& device) {
  switch (device.fault.fault) {
    case Fault::together:
    case Fault::braggart:
    case Fault::same_id:
    case Fault::cramped:
    case Fault::any_rank:
    case Fault::numberless:
    case Fault::join_once:
    case Fault::every_third:
    case Fault::both_tenth:
      return true;
    default:
      return false;
  }
}

const char* why_not_together(const assay_device& device, const kernels::Problem& problem) {
  if (device.joined_ranks == 0) {
    return device.fault.fault == Fault::braggart ? "" : "it has joined no others";
  }
  const bool fits = problem.operation().collective->ranks(problem) == device.joined_ranks;
  return fits || device.fault.fault == Fault::numberless ? "" : "it has joined other ranks";
}

assay_status give_id(assay_device& device, void* id, std::size_t capacity, std::size_t* bytes,
                     const char*& why) {
  static std::uint64_t next = 1;
  const std::uint64_t made = device.fault.fault == Fault::same_id ? 1 : next++;
  *bytes = kIdBytes;
  if (capacity < kIdBytes && device.fault.fault != Fault::cramped) {
    why = "there is too little room for the id";
    return ASSAY_INVALID;
  }
  std::memcpy(id, &made, sizeof made);
  return ASSAY_OK;
}

assay_status join_ranks(assay_device& device, const void* id, std::uint32_t ranks,
                        std::uint32_t rank, const char*& why) {
  const bool any = device.fault.fault == Fault::any_rank;
  why = "no id, or a rank that there is not";
  if (id == nullptr || (rank >= ranks && !any)) return ASSAY_INVALID;
  why = "it has joined once, and cannot again";
  if (device.fault.fault == Fault::join_once && ++device.joins > 1) return ASSAY_INVALID;
  device.joined_ranks = ranks;
  return ASSAY_OK;
}

void leave_ranks(assay_device& device) {
  device.joined_ranks = 0;
}

}  // namespace assay::fakes
