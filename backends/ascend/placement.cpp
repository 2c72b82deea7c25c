#include "backends/ascend/placement.h"

#include <cstdlib>

#include "backends/ascend/runtime.h"

namespace assay::backends::ascend {

std::optional<std::uint32_t> driver_number(std::uint32_t index) {
  const Acl& acl = runtime().acl;
  if (acl.aclrtGetLogicDevIdByUserDevId != nullptr) {
    std::int32_t number = -1;
    const auto user = static_cast<std::int32_t>(index);
    if (acl.aclrtGetLogicDevIdByUserDevId(user, &number) != 0 || number < 0) return std::nullopt;
    return static_cast<std::uint32_t>(number);
  }
  if (std::getenv("ASCEND_RT_VISIBLE_DEVICES") != nullptr) return std::nullopt;
  return index;
}

std::optional<Seat> seat_of_device(std::uint32_t index) {
  const auto number = driver_number(index);
  return number ? seat_of(runtime().dcmi, *number) : std::nullopt;
}

bool is_two_die_package() {
  const std::string& soc = runtime().soc;
  return soc.rfind("Ascend910_93", 0) == 0 || soc.rfind("Ascend910C", 0) == 0;
}

bool reports_power(const Seat& seat) {
  return !is_two_die_package() || seat.device == 0;
}

}  // namespace assay::backends::ascend
