#include "kernels/portable.h"

#include "kernels/attention/portable_attention.h"
#include "kernels/mla_decode/shape.h"

namespace assay::kernels {

extern const PortableKernel mla_decode_portable;

namespace {

std::string why_not(const Problem& problem, const PortableTarget& target) {
  return attention_why_not(mla_shape(problem), target);
}
std::vector<PortableParameters> candidates(const Problem& problem, const PortableTarget& target) {
  return attention_candidates(mla_shape(problem), target);
}
std::map<std::string, std::string> macros(const Problem& problem, const PortableTarget& target) {
  return attention_macros(mla_shape(problem), target);
}
std::int64_t scratch_bytes(const Problem& problem, const PortableParameters& p) {
  return attention_scratch_bytes(mla_shape(problem), p);
}
std::vector<PortableLaunch> launches(const Problem& problem, const PortableParameters& p) {
  return attention_launches(mla_shape(problem), p);
}

}  // namespace

const PortableKernel mla_decode_portable = {"mla_decode",  why_not,  candidates, macros,
                                            scratch_bytes, launches, "attention"};

}  // namespace assay::kernels
