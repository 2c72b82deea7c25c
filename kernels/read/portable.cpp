#include "kernels/portable.h"

#include <bit>

#include "kernels/read/shape.h"

namespace assay::kernels {

extern const PortableKernel read_portable;

namespace {

std::string why_not(const Problem& problem, const PortableTarget& target) {
  const bool needs_f64 = problem.type("type") == DataType::f64;
  return needs_f64 && !target.f64 ? "the device does not compute in f64" : "";
}

/// GROUP_ITEMS, a power of two, since the sums of a group are added in pairs; UNROLL, the vectors
/// of 16 bytes that a work-item holds at once.
std::vector<PortableParameters> candidates(const Problem&, const PortableTarget& target) {
  const auto make = [](std::int64_t items, std::int64_t unroll) {
    return PortableParameters{{"GROUP_ITEMS", items}, {"UNROLL", unroll}};
  };
  if (target.cpu) return {make(1, 8), make(1, 16), make(1, 4)};
  std::vector<PortableParameters> all;
  for (const auto& [items, unroll] : {std::pair{256, 8}, {256, 4}, {512, 4}, {128, 8}, {64, 8}}) {
    if (items <= target.group_size_limit) all.push_back(make(items, unroll));
  }
  if (all.empty()) {
    const auto limit = static_cast<std::uint64_t>(target.group_size_limit);
    all.push_back(make(static_cast<std::int64_t>(std::bit_floor(limit)), 4));
  }
  return all;
}

std::map<std::string, std::string> macros(const Problem& problem, const PortableTarget&) {
  return {{"TYPE", std::string(name(problem.type("type")))},
          {"SEGMENT", std::to_string(ReadShape::kSegment)}};
}

std::int64_t no_scratch(const Problem&, const PortableParameters&) {
  return 0;
}

std::vector<PortableLaunch> launches(const Problem& problem, const PortableParameters& parameters) {
  const ReadShape s = read_shape(problem);
  const std::int64_t items = parameters.at("GROUP_ITEMS");
  return {{"read_sums",
           {s.sums(), 1, 1},
           {items, 1, 1},
           {operand_argument(0), operand_argument(1), integer_argument(s.n)},
           items > 1 ? bytes_of(s.acc, items) : 0}};
}

}  // namespace

const PortableKernel read_portable = {"read", why_not, candidates, macros, no_scratch, launches};

}  // namespace assay::kernels
