#include "kernels/portable.h"

#include "kernels/attention/portable_attention.h"
#include "kernels/paged_attention/shape.h"

namespace assay::kernels {

extern const PortableKernel paged_attention_portable;

namespace {

std::string why_not(const Problem& problem, const PortableTarget& target) {
  return attention_why_not(paged_attention_shape(problem), target);
}
std::vector<PortableParameters> candidates(const Problem& problem, const PortableTarget& target) {
  return attention_candidates(paged_attention_shape(problem), target);
}
std::map<std::string, std::string> macros(const Problem& problem, const PortableTarget& target) {
  return attention_macros(paged_attention_shape(problem), target);
}
std::int64_t scratch_bytes(const Problem& problem, const PortableParameters& p) {
  return attention_scratch_bytes(paged_attention_shape(problem), p);
}
std::vector<PortableLaunch> launches(const Problem& problem, const PortableParameters& p) {
  return attention_launches(paged_attention_shape(problem), p);
}

}  // namespace

const PortableKernel paged_attention_portable = {"paged_attention", why_not,  candidates, macros,
                                                 scratch_bytes,     launches, "attention"};

}  // namespace assay::kernels
