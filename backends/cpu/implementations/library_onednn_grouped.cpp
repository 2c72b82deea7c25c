// Products with experts by oneDNN: one after the other, each on all threads.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "backends/cpu/implementation.h"
#include "backends/cpu/onednn.h"
#include "backends/cpu/openmp.h"
#include "kernels/grouped_matmul/shape.h"
#include "kernels/operation.h"

namespace assay::backends::cpu::library_onednn_grouped {

extern const Implementation implementation;

namespace {

using kernels::GroupedMatmulShape;
using kernels::MatmulShape;

class GroupedExecutable final : public Executable {
 public:
  GroupedExecutable(const GroupedMatmulShape& shape, bool weights,
                    std::span<std::byte* const> buffers, Machine& machine)
      : machine_(machine), stream_(onednn_engine()) {
    const MatmulShape& all = shape.product;
    const auto bytes = [](kernels::DataType type, std::int64_t elements) {
      return kernels::bytes_of(type, elements);
    };
    for (std::int64_t group = 0; group < shape.groups; ++group) {
      const MatmulShape one = shape.of_group(group);
      if (one.m == 0) continue;
      const std::int64_t begin = shape.begins[static_cast<std::size_t>(group)];
      products_.emplace_back(one, weights, buffers[0] + bytes(all.a, begin * all.k),
                             buffers[1] + bytes(all.b, group * all.k * all.n),
                             buffers[3] + bytes(all.c, begin * all.n));
    }
  }

  void launch() override {
    use_openmp_threads(machine_);
    for (OneDnnProduct& product : products_) product.submit(stream_);
    stream_.wait();
  }

  std::map<std::string, std::string> details() const override {
    auto all = onednn_details(machine_);
    std::size_t packed = 0;
    std::set<std::string> algorithms;
    for (const OneDnnProduct& product : products_) {
      packed += product.packed_bytes();
      algorithms.insert(product.algorithm());
    }
    all["algorithm"] = fmt::format("{}", fmt::join(algorithms, ", "));
    all["math mode"] = products_.front().math_mode();
    all["packing"] = onednn_packing(packed);
    all["groups"] = fmt::format(
        "{} products, one after the other on all threads; sizes known "
        "when prepared",
        products_.size());
    return all;
  }

 private:
  Machine& machine_;
  dnnl::stream stream_;
  std::vector<OneDnnProduct> products_;
};

std::string why_not(const kernels::Problem& problem, const Machine& machine) {
  const GroupedMatmulShape s = kernels::grouped_matmul_shape(problem);
  MatmulShape one = s.product;
  one.m = *std::max_element(s.sizes.begin(), s.sizes.end());
  return onednn_why_not(one, machine);
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  const bool weights = problem.operation().operands(problem)[1].weights;
  start_openmp_threads(machine);
  return std::make_unique<GroupedExecutable>(kernels::grouped_matmul_shape(problem), weights,
                                             buffers, machine);
}

}  // namespace

const Implementation implementation = {"library/onednn", "library", "grouped_matmul", why_not,
                                       prepare};

}  // namespace assay::backends::cpu::library_onednn_grouped
