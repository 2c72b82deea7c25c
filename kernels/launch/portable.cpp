#include "kernels/portable.h"

#include <algorithm>

#include "kernels/launch/shape.h"

namespace assay::kernels {

extern const PortableKernel launch_portable;

namespace {

std::string why_not(const Problem&, const PortableTarget&) {
  return {};
}

std::vector<PortableParameters> candidates(const Problem& problem, const PortableTarget& target) {
  const std::int64_t items =
      std::min<std::int64_t>(target.cpu ? 1024 : 64, target.group_size_limit);
  return {{{"GROUP_ITEMS", std::min(items, launch_shape(problem).n)}}};
}

std::map<std::string, std::string> macros(const Problem&, const PortableTarget&) {
  return {};
}

std::int64_t no_scratch(const Problem&, const PortableParameters&) {
  return 0;
}

std::vector<PortableLaunch> launches(const Problem& problem, const PortableParameters& p) {
  const std::int64_t n = launch_shape(problem).n, items = p.at("GROUP_ITEMS");
  return {{"ping",
           {(n + items - 1) / items, 1, 1},
           {items, 1, 1},
           {operand_argument(0), operand_argument(1), integer_argument(n)},
           0}};
}

}  // namespace

const PortableKernel launch_portable = {"launch", why_not,    candidates,
                                        macros,   no_scratch, launches};

}  // namespace assay::kernels
