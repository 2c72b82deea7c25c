#include "kernels/portable.h"

#include <algorithm>

#include "kernels/copy/portable_stream.h"

namespace assay::kernels {

extern const PortableKernel copy_portable;

std::vector<PortableParameters> stream_candidates(const Problem&, const PortableTarget& target) {
  const auto make = [](std::int64_t items, std::int64_t steps, std::int64_t unroll) {
    return PortableParameters{{"GROUP_ITEMS", items}, {"STEPS", steps}, {"UNROLL", unroll}};
  };
  if (target.cpu) return {make(1, 4096, 4), make(1, 16384, 4), make(1, 4096, 1)};
  std::vector<PortableParameters> all;
  for (const auto& [items, steps] : {std::pair{256, 4}, {256, 8}, {512, 4}, {128, 8}, {256, 1}}) {
    if (items <= target.group_size_limit) all.push_back(make(items, steps, std::min(steps, 4)));
  }
  if (all.empty()) all.push_back(make(target.group_size_limit, 4, 4));
  return all;
}

std::int64_t stream_groups(std::int64_t bytes, const PortableParameters& parameters) {
  const std::int64_t in_group =
      kStreamVectorBytes * parameters.at("GROUP_ITEMS") * parameters.at("STEPS");
  return std::max<std::int64_t>(1, (bytes + in_group - 1) / in_group);
}

namespace {

std::string why_not(const Problem&, const PortableTarget&) {
  return {};
}

std::map<std::string, std::string> macros(const Problem&, const PortableTarget&) {
  return {};
}

std::int64_t no_scratch(const Problem&, const PortableParameters&) {
  return 0;
}

std::vector<PortableLaunch> launches(const Problem& problem, const PortableParameters& parameters) {
  const std::int64_t bytes = problem.operation().operands(problem)[0].bytes();
  return {{"copy",
           {stream_groups(bytes, parameters), 1, 1},
           {parameters.at("GROUP_ITEMS"), 1, 1},
           {operand_argument(0), operand_argument(1), integer_argument(bytes)}}};
}

}  // namespace

const PortableKernel copy_portable = {"copy", why_not,    stream_candidates,
                                      macros, no_scratch, launches};

}  // namespace assay::kernels
