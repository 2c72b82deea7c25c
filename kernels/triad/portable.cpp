#include "kernels/portable.h"

#include "kernels/copy/portable_stream.h"

namespace assay::kernels {

extern const PortableKernel triad_portable;

namespace {

std::string why_not(const Problem& problem, const PortableTarget& target) {
  if (problem.type("type") == DataType::tf32) return "the portable source has no tf32";
  const bool needs_f64 = problem.type("type") == DataType::f64;
  return needs_f64 && !target.f64 ? "the device does not compute in f64" : "";
}

std::map<std::string, std::string> macros(const Problem& problem, const PortableTarget&) {
  return {{"TYPE", std::string(name(problem.type("type")))}};
}

std::int64_t no_scratch(const Problem&, const PortableParameters&) {
  return 0;
}

std::vector<PortableLaunch> launches(const Problem& problem, const PortableParameters& parameters) {
  const Operand operand = problem.operation().operands(problem)[0];
  return {{"triad",
           {stream_groups(operand.bytes(), parameters), 1, 1},
           {parameters.at("GROUP_ITEMS"), 1, 1},
           {operand_argument(0), operand_argument(1), operand_argument(2),
            integer_argument(operand.elements())}}};
}

}  // namespace

const PortableKernel triad_portable = {"triad", why_not,    stream_candidates,
                                       macros,  no_scratch, launches};

}  // namespace assay::kernels
