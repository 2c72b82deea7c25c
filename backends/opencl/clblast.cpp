// CLBlast's matrix products, opened at run time. Signatures and values of the enumerations are
// those of clblast_c.h of version 1.5 (github.com/CNugteren/CLBlast, include/clblast_c.h).
#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>

#include "backends/opencl/executables.h"
#include "backends/opencl/timing.h"
#include "backends/sdk/failure.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::opencl {
namespace {

using kernels::DataType;
using kernels::MatmulShape;

constexpr int kRowMajor = 101, kNotTransposed = 111, kTransposed = 112;
constexpr cl_half kHalfOne = 0x3c00, kHalfZero = 0;

template <class Scalar>
using Gemm = int (*)(int layout, int a_transpose, int b_transpose, std::size_t m, std::size_t n,
                     std::size_t k, Scalar alpha, cl_mem a, std::size_t a_offset, std::size_t a_ld,
                     cl_mem b, std::size_t b_offset, std::size_t b_ld, Scalar beta, cl_mem c,
                     std::size_t c_offset, std::size_t c_ld, cl_command_queue* queue,
                     cl_event* event);
template <class Scalar>
using BatchedGemm = int (*)(int layout, int a_transpose, int b_transpose, std::size_t m,
                            std::size_t n, std::size_t k, Scalar alpha, cl_mem a,
                            std::size_t a_offset, std::size_t a_ld, std::size_t a_stride, cl_mem b,
                            std::size_t b_offset, std::size_t b_ld, std::size_t b_stride,
                            Scalar beta, cl_mem c, std::size_t c_offset, std::size_t c_ld,
                            std::size_t c_stride, std::size_t batch, cl_command_queue* queue,
                            cl_event* event);

template <class Scalar>
struct Routines {
  Gemm<Scalar> gemm = nullptr;
  BatchedGemm<Scalar> batched = nullptr;
};

struct Library {
  std::string path, failure;
  Routines<float> single;
  Routines<double> double_;
  Routines<cl_half> half;
};

template <class Scalar>
void fill(Routines<Scalar>& routines, void* library, const std::string& letter) {
  const std::string name = "CLBlast" + letter + "gemm";
  routines.gemm = reinterpret_cast<Gemm<Scalar>>(dlsym(library, name.c_str()));
  routines.batched =
      reinterpret_cast<BatchedGemm<Scalar>>(dlsym(library, (name + "StridedBatched").c_str()));
}

Library open_library() {
  Library out;
  const char* const own = std::getenv("ASSAY_CLBLAST_LIBRARY");
  const char* const name = own ? own : "libclblast.so.1";
  void* const library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    out.failure = fmt::format("CLBlast was not found ({}; Debian: libclblast1)", name);
    return out;
  }
  fill(out.single, library, "S");
  fill(out.double_, library, "D");
  fill(out.half, library, "H");
  if (!out.single.gemm || !out.single.batched || !out.double_.gemm || !out.half.gemm) {
    out.failure = fmt::format("{} lacks routines of CLBlast 1.4", name);
    return out;
  }
  Dl_info info = {};
  out.path = dladdr(reinterpret_cast<const void*>(out.single.gemm), &info) != 0 && info.dli_fname
                 ? info.dli_fname
                 : name;
  return out;
}

const Library& library() {
  static const Library once = open_library();
  return once;
}

struct Sides {
  int a, b;
  std::size_t m, n, k, a_ld, b_ld, c_ld;
};

Sides sides(const MatmulShape& s) {
  const auto m = static_cast<std::size_t>(s.m), n = static_cast<std::size_t>(s.n),
             k = static_cast<std::size_t>(s.k);
  return {s.transpose_a ? kTransposed : kNotTransposed,
          s.transpose_b ? kTransposed : kNotTransposed,
          m,
          n,
          k,
          s.transpose_a ? m : k,
          s.transpose_b ? k : n,
          n};
}

class ClblastExecutable final : public Executable {
 public:
  ClblastExecutable(Device& device, const kernels::Problem& problem,
                    std::span<Buffer* const> buffers)
      : device_(device), shape_(matmul_shape(problem)), buffers_(buffers.begin(), buffers.end()) {
    details_ = sdk::Properties(std::map<std::string, std::string>{
        {"algorithm", shape_.batch == 1 ? "gemm" : "gemmStridedBatched"},
        {"library.path", library().path},
        {"timing", "OpenCL markers before and behind the library's kernels"}});
    // The first call compiles.
    launch_once(ASSAY_HOT);
  }

  void run(std::span<assay_launch> launches, assay_mode mode) override {
    for (assay_launch& launch : launches) launch = launch_once(mode);
  }

 private:
  template <class Scalar>
  int call(const Routines<Scalar>& routines, Scalar one, Scalar zero) {
    const Sides s = sides(shape_);
    cl_mem const a = buffers_[0]->get(), b = buffers_[1]->get(), c = buffers_[2]->get();
    cl_command_queue queue = device_.queue();
    if (shape_.batch == 1) {
      return routines.gemm(kRowMajor, s.a, s.b, s.m, s.n, s.k, one, a, 0, s.a_ld, b, 0, s.b_ld,
                           zero, c, 0, s.c_ld, &queue, nullptr);
    }
    return routines.batched(kRowMajor, s.a, s.b, s.m, s.n, s.k, one, a, 0, s.a_ld, s.m * s.k, b, 0,
                            s.b_ld, s.k * s.n, zero, c, 0, s.c_ld, s.m * s.n,
                            static_cast<std::size_t>(shape_.batch), &queue, nullptr);
  }

  int call() {
    if (shape_.a == DataType::f64) return call<double>(library().double_, 1, 0);
    if (shape_.a == DataType::f16) return call<cl_half>(library().half, kHalfOne, kHalfZero);
    return call<float>(library().single, 1, 0);
  }

  void mark(Event& event) {
    event = Event();
    check(cl().EnqueueMarkerWithWaitList(device_.queue(), 0, nullptr, event.out()),
          "marking the queue");
  }

  assay_launch launch_once(assay_mode mode) {
    return timed(
        device_, mode,
        [&] {
          mark(before_);
          if (const int code = call(); code != 0) {
            throw sdk::Failure(
                code == CL_MEM_OBJECT_ALLOCATION_FAILURE ? ASSAY_OUT_OF_MEMORY : ASSAY_INVALID,
                fmt::format("CLBlast refuses the product with status {}", code));
          }
          mark(behind_);
        },
        [&] {
          return std::pair(moment(before_.get(), CL_PROFILING_COMMAND_END),
                           moment(behind_.get(), CL_PROFILING_COMMAND_END));
        });
  }

  Device& device_;
  MatmulShape shape_;
  std::vector<Buffer*> buffers_;
  Event before_, behind_;
};

}  // namespace

std::string clblast_why_not(const Device& device, const kernels::Problem& problem) {
  if (!library().failure.empty()) return library().failure;
  const MatmulShape s = matmul_shape(problem);
  switch (s.a) {
    case DataType::f32:
      return {};
    case DataType::f64:
      return device.target().f64 ? "" : "the device does not compute in f64";
    case DataType::f16:
      // Its half-precision kernels sum in f16.
      return "CLBlast sums f16 products in f16, not in f32";
    default:
      return fmt::format("CLBlast has no product of {}", kernels::name(s.a));
  }
}

std::unique_ptr<Executable> prepare_clblast(Device& device, const kernels::Problem& problem,
                                            std::span<Buffer* const> buffers) {
  return std::make_unique<ClblastExecutable>(device, problem, buffers);
}

}  // namespace assay::backends::opencl
