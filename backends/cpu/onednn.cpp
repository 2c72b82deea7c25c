#include "backends/cpu/onednn.h"

#include <fmt/format.h>

#include <string_view>

#include "backends/cpu/openmp.h"
#include "backends/cpu/variables.h"
#include "kernels/error.h"

static_assert(DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP, "threads are handed to oneDNN through OpenMP");

namespace assay::backends::cpu {

namespace {

using kernels::DataType;
using kernels::MatmulShape;
using MatmulDescription = dnnl::matmul::primitive_desc;

std::string version() {
  const dnnl::version_t* v = dnnl::version();
  return fmt::format("oneDNN {}.{}.{}", v->major, v->minor, v->patch);
}

/// undef where oneDNN has no such type.
dnnl::memory::data_type type_of(DataType type) {
  using To = dnnl::memory::data_type;
  switch (type) {
    case DataType::f32:
      return To::f32;
    case DataType::bf16:
      return To::bf16;
    case DataType::f16:
      return To::f16;
    case DataType::i8:
      return To::s8;
    case DataType::i32:
      return To::s32;
    default:
      return To::undef;
  }
}

dnnl::memory::dims extents(const MatmulShape& s, std::int64_t rows, std::int64_t columns) {
  return s.batch > 1 ? dnnl::memory::dims{s.batch, rows, columns}
                     : dnnl::memory::dims{rows, columns};
}

dnnl::memory::desc matrix(const MatmulShape& s, DataType type, std::int64_t rows,
                          std::int64_t columns, bool transposed) {
  dnnl::memory::dims strides = {columns, 1};
  if (transposed) strides = {1, rows};
  if (s.batch > 1) strides.insert(strides.begin(), rows * columns);
  return {extents(s, rows, columns), type_of(type), strides};
}

dnnl::memory::desc plain_b(const MatmulShape& s) {
  return matrix(s, s.b, s.k, s.n, s.transpose_b);
}

/// Null where oneDNN has nothing for it. With `free_b` it chooses the layout of B.
MatmulDescription describe(const MatmulShape& s, bool free_b) {
  dnnl::primitive_attr attributes;
  attributes.set_fpmath_mode(dnnl::fpmath_mode::strict);
  const dnnl::memory::desc a = matrix(s, s.a, s.m, s.k, s.transpose_a);
  dnnl::memory::desc b = plain_b(s);
  if (free_b) b = {extents(s, s.k, s.n), type_of(s.b), dnnl::memory::format_tag::any};
  const dnnl::memory::desc c = matrix(s, s.c, s.m, s.n, false);
#if DNNL_VERSION_MAJOR < 3
  return {dnnl::matmul::desc(a, b, c), attributes, onednn_engine(), true};
#else
  return {onednn_engine(), a, b, c, attributes, true};
#endif
}

bool is_none(const MatmulDescription& found) {
  return found.get(true) == nullptr;
}

}  // namespace

dnnl::engine onednn_engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

OneDnnProduct::OneDnnProduct(const MatmulShape& shape, bool weights, std::byte* a, std::byte* b,
                             std::byte* c)
    : chosen_(describe(shape, weights)) {
  if (weights && is_none(chosen_)) chosen_ = describe(shape, false);
  if (is_none(chosen_)) throw Error(version() + " no longer has what it had for this product");
  dnnl::memory right(plain_b(shape), onednn_engine(), b);
  if (chosen_.weights_desc() != right.get_desc()) right = pack(right);
  product_ = dnnl::matmul(chosen_);
  arguments_ = {{DNNL_ARG_SRC, {chosen_.src_desc(), onednn_engine(), a}},
                {DNNL_ARG_WEIGHTS, right},
                {DNNL_ARG_DST, {chosen_.dst_desc(), onednn_engine(), c}}};
}

std::string OneDnnProduct::math_mode() const {
  switch (chosen_.get_primitive_attr().get_fpmath_mode()) {
    case dnnl::fpmath_mode::strict:
      return "strict";
    case dnnl::fpmath_mode::bf16:
      return "bf16";
    case dnnl::fpmath_mode::f16:
      return "f16";
    default:
      return "any";
  }
}

dnnl::memory OneDnnProduct::pack(dnnl::memory& plain) {
  packed_b_ = Memory(chosen_.weights_desc().get_size());
  dnnl::memory packed(chosen_.weights_desc(), onednn_engine(), packed_b_.data());
  dnnl::stream stream(onednn_engine());
  dnnl::reorder(plain, packed).execute(stream, plain, packed);
  stream.wait();
  return packed;
}

std::string onednn_why_not(const MatmulShape& s, const Machine& machine) {
  const std::string product = fmt::format("{} x {} into {}", name(s.a), name(s.b), name(s.c));
  const auto none = dnnl::memory::data_type::undef;
  if (type_of(s.a) == none || type_of(s.b) == none || type_of(s.c) == none) {
    return fmt::format("{} does not multiply {}", version(), product);
  }
#if defined(__x86_64__)
  // Without VNNI its sums of pairs of products go through 16 bits, where they saturate.
  if (s.a == DataType::i8 && !machine.features().avx512_vnni) {
    return "oneDNN's i8 is exact on x86 only with AVX-512 VNNI, which this CPU lacks";
  }
#endif
  use_openmp_threads(machine);
  MatmulDescription found = describe(s, true);
  if (is_none(found)) found = describe(s, false);
  if (is_none(found)) return fmt::format("{} has no {} on this CPU", version(), product);
  if (std::string_view(found.impl_info_str()).starts_with("ref")) {
    return fmt::format("{} has only its slow reference for {} on this CPU", version(), product);
  }
  return {};
}

std::map<std::string, std::string> onednn_details(const Machine& machine) {
  std::map<std::string, std::string> all = {
      {"library", version()},
      {"threads", std::to_string(machine.threads())},
      {"threading", "OpenMP, waiting: " + openmp_wait_policy()}};
  const std::string set = variables({"DNNL_", "ONEDNN_", "OMP_", "GOMP_"});
  if (!set.empty()) all["environment"] = set;
  return all;
}

std::string onednn_packing(std::size_t packed_bytes) {
  if (packed_bytes == 0) return "none ahead: B is read as given";
  return fmt::format("B into {} bytes of oneDNN's own layout, once, outside the timed region",
                     packed_bytes);
}

}  // namespace assay::backends::cpu
