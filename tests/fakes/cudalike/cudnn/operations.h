// A graph's operations for one head, some rows of it at a time, in FP64.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/fakes/common/arithmetic.h"
#include "tests/fakes/cudalike/cudnn/graph.h"

namespace assay::fakes::cudalike::dnn {

class HeadOfGraph {
 public:
  HeadOfGraph(const Graph& graph, const Bound& bound, std::int64_t batch, std::int64_t head)
      : graph_(graph), bound_(bound), batch_(batch), head_(head) {}

  /// Rows [first, first + rows) of every tensor that has more than one. "" or what went wrong.
  std::string compute(std::int64_t first, std::int64_t rows);

 private:
  /// Row-major; an extent of 1 stands for all.
  struct Part {
    std::int64_t rows = 0, columns = 0;
    std::vector<double> values;
    double at(std::int64_t row, std::int64_t column) const {
      return values[static_cast<std::size_t>((rows == 1 ? 0 : row) * columns +
                                             (columns == 1 ? 0 : column))];
    }
  };

  Part part_of(const Tensor& tensor) const;
  /// Rows of a tensor in memory. Without data where the device does not have all of the tensor.
  Matrix in_memory(const Tensor& tensor, std::int64_t first, std::int64_t rows) const;
  const Part& input(std::int64_t id);
  void multiply(const Operation& operation, Part& to);
  void reduce(const Operation& operation, Part& to);
  void combine(const Operation& operation, Part& to);
  bool keep(const Tensor& tensor, Part&& part);

  const Graph& graph_;
  const Bound& bound_;
  std::int64_t batch_, head_, first_ = 0, rows_ = 0;
  std::map<std::int64_t, Part> parts_;
  std::map<std::int64_t, std::vector<double>> whole_;  ///< second operands of products
  bool lost_ = false;
};

}  // namespace assay::fakes::cudalike::dnn
