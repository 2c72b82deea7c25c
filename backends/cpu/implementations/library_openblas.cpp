// Dense products by OpenBLAS.
#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "backends/cpu/implementation.h"
#include "backends/cpu/openblas_kernels.h"
#include "backends/cpu/variables.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::cpu::library_openblas {

extern const Implementation implementation;

namespace {

using kernels::DataType;
using kernels::MatmulShape;

CBLAS_TRANSPOSE transposed(bool yes) {
  return yes ? CblasTrans : CblasNoTrans;
}

blasint size(std::int64_t extent) {
  return static_cast<blasint>(extent);
}

void gemm(const MatmulShape& s, const float* a, const float* b, float* c) {
  cblas_sgemm(CblasRowMajor, transposed(s.transpose_a), transposed(s.transpose_b), size(s.m),
              size(s.n), size(s.k), 1, a, size(s.transpose_a ? s.m : s.k), b,
              size(s.transpose_b ? s.k : s.n), 0, c, size(s.n));
}

void gemm(const MatmulShape& s, const double* a, const double* b, double* c) {
  cblas_dgemm(CblasRowMajor, transposed(s.transpose_a), transposed(s.transpose_b), size(s.m),
              size(s.n), size(s.k), 1, a, size(s.transpose_a ? s.m : s.k), b,
              size(s.transpose_b ? s.k : s.n), 0, c, size(s.n));
}

/// y = op(matrix) x; rows and columns as stored.
void gemv(bool transpose, std::int64_t rows, std::int64_t columns, const float* matrix,
          const float* x, float* y) {
  cblas_sgemv(CblasRowMajor, transposed(transpose), size(rows), size(columns), 1, matrix,
              size(columns), x, 1, 0, y, 1);
}

void gemv(bool transpose, std::int64_t rows, std::int64_t columns, const double* matrix,
          const double* x, double* y) {
  cblas_dgemv(CblasRowMajor, transposed(transpose), size(rows), size(columns), 1, matrix,
              size(columns), x, 1, 0, y, 1);
}

/// Products with a vector have a routine of their own, which reads the matrix on all threads.
bool is_vector(const MatmulShape& s) {
  return s.m == 1 || s.n == 1;
}

template <class T>
void product(const MatmulShape& s, const T* a, const T* b, T* c) {
  if (s.m == 1) {
    s.transpose_b ? gemv(false, s.n, s.k, b, a, c) : gemv(true, s.k, s.n, b, a, c);
  } else if (s.n == 1) {
    s.transpose_a ? gemv(true, s.k, s.m, a, b, c) : gemv(false, s.m, s.k, a, b, c);
  } else {
    gemm(s, a, b, c);
  }
}

template <class T>
class OpenBlasExecutable final : public Executable {
 public:
  OpenBlasExecutable(const MatmulShape& shape, std::span<std::byte* const> buffers,
                     Machine& machine)
      : shape_(shape),
        a_(reinterpret_cast<const T*>(buffers[0])),
        b_(reinterpret_cast<const T*>(buffers[1])),
        c_(reinterpret_cast<T*>(buffers[2])),
        threads_(static_cast<int>(machine.threads())) {
    openblas_set_num_threads(threads_);
    machine.pin_all_threads();
  }

  void launch() override {
    openblas_set_num_threads(threads_);
    for (std::int64_t i = 0; i < shape_.batch; ++i) {
      product(shape_, a_ + i * shape_.m * shape_.k, b_ + i * shape_.k * shape_.n,
              c_ + i * shape_.m * shape_.n);
    }
  }

  std::map<std::string, std::string> details() const override {
    const char letter = sizeof(T) == sizeof(float) ? 's' : 'd';
    constexpr const char* kThreading[] = {"none", "pthreads", "OpenMP"};
    std::map<std::string, std::string> all = {
        {"library", openblas_get_config()},
        {"kernels", openblas_get_corename()},
        {"routine", fmt::format("cblas_{}{}", letter, is_vector(shape_) ? "gemv" : "gemm")},
        {"threads", std::to_string(openblas_get_num_threads())},
        {"threading", kThreading[std::clamp(openblas_get_parallel(), 0, 2)]},
        {"packing", "A and B, in the timed region"}};
    if (is_vector(shape_)) all["packing"] = "none";
#if defined(__x86_64__)
    const std::string older =
        older_kernels(openblas_get_corename(), __builtin_cpu_supports("avx2") != 0);
    if (!older.empty()) all["limitation"] = "the kernels are " + older;
#endif
    const std::string set = variables({"OPENBLAS_", "GOTO_"});
    if (!set.empty()) all["environment"] = set;
    if (shape_.batch > 1) all["batch"] = "one product after the other";
    return all;
  }

 private:
  MatmulShape shape_;
  const T *a_, *b_;
  T* c_;
  int threads_;
};

std::string why_not(const kernels::Problem& problem, const Machine&) {
  const MatmulShape s = kernels::matmul_shape(problem);
  if (s.a != DataType::f32 && s.a != DataType::f64) {
    return fmt::format("OpenBLAS multiplies f32 and f64, not {}", name(s.a));
  }
  if (std::max({s.m, s.n, s.k}) > std::numeric_limits<blasint>::max()) {
    return fmt::format("this OpenBLAS takes extents up to {}", std::numeric_limits<blasint>::max());
  }
  return {};
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  const MatmulShape shape = kernels::matmul_shape(problem);
  if (shape.a == DataType::f64) {
    return std::make_unique<OpenBlasExecutable<double>>(shape, buffers, machine);
  }
  return std::make_unique<OpenBlasExecutable<float>>(shape, buffers, machine);
}

}  // namespace

const Implementation implementation = {"library/openblas", "library", "matmul", why_not, prepare};

}  // namespace assay::backends::cpu::library_openblas
