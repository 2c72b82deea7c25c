#include "tests/fakes/cudalike/cudnn/operations.h"

#include <algorithm>
#include <cmath>

#include "tests/fakes/cudalike/machine.h"

namespace assay::fakes::cudalike::dnn {
namespace {

using kernels::DataType;

DataType stored_type(int type) {
  switch (type) {
    case kHalfType:
      return DataType::f16;
    case kBfloat16Type:
      return DataType::bf16;
    case kInt32Type:
      return DataType::i32;
    default:
      return DataType::f32;
  }
}

/// As it would be kept in the type.
void round_to(int type, std::vector<double>& values) {
  if (type == kBoolType || type == kInt32Type) return;
  if (type == kFloatType) {
    for (double& value : values) value = static_cast<float>(value);
    return;
  }
  std::vector<std::byte> stored(values.size() * bytes_of(type));
  kernels::encode_array(stored_type(type), values, stored.data(), 0);
  kernels::decode_array(stored_type(type), stored.data(), 0, values);
}

double combined(int mode, double x, double b, double t) {
  switch (mode) {
    case kAdd:
      return x + b;
    case kMultiply:
      return x * b;
    case kDivide:
      return x / b;
    case kSubtract:
      return x - b;
    case kExponential:
      return std::exp(x);
    case kLogarithm:
      return std::log(x);
    case kNotLess:
      return x >= b ? 1 : 0;
    default:
      return t != 0 ? x : b;
  }
}

}  // namespace

HeadOfGraph::Part HeadOfGraph::part_of(const Tensor& tensor) const {
  Part part{tensor.extents[2] == 1 ? 1 : rows_, tensor.extents[3], {}};
  part.values.resize(static_cast<std::size_t>(part.rows * part.columns));
  return part;
}

Matrix HeadOfGraph::in_memory(const Tensor& tensor, std::int64_t first, std::int64_t rows) const {
  const auto size = static_cast<std::int64_t>(bytes_of(tensor.type));
  std::int64_t last = 0;
  for (std::size_t i = 0; i < 4; ++i) last += (tensor.extents[i] - 1) * tensor.strides[i];
  std::byte* const data =
      data_at(bound_.pointers.at(tensor.id), static_cast<std::uint64_t>((last + 1) * size));
  if (data == nullptr) return {};
  const Extents4& all = graph_.at(graph_.operations.back().y).extents;
  // Heads of keys and values serve as many of queries.
  const std::int64_t at = batch_ / (all[0] / tensor.extents[0]) * tensor.strides[0] +
                          head_ / (all[1] / tensor.extents[1]) * tensor.strides[1] +
                          first * tensor.strides[2];
  return {stored_type(tensor.type), data + at * size,  rows,
          tensor.extents[3],        tensor.strides[2], tensor.strides[3]};
}

const HeadOfGraph::Part& HeadOfGraph::input(std::int64_t id) {
  const auto [found, is_new] = parts_.try_emplace(id);
  if (!is_new) return found->second;
  const Tensor& tensor = graph_.at(id);
  Part part = part_of(tensor);
  if (tensor.by_value) {
    part.values[0] = bound_.scalars.at(id);
  } else {
    const Matrix from = in_memory(tensor, tensor.extents[2] == 1 ? 0 : first_, part.rows);
    if (from.data == nullptr) {
      lost_ = true;
    } else {
      part.values = decoded(from);
    }
  }
  return found->second = std::move(part);
}

void HeadOfGraph::multiply(const Operation& o, Part& to) {
  const Part& left = input(o.x);
  const Tensor& right = graph_.at(o.b);
  std::vector<double>& whole = whole_[o.b];
  if (whole.empty()) {
    const Matrix from = in_memory(right, 0, right.extents[2]);
    if (from.data == nullptr) {
      lost_ = true;
      return;
    }
    whole = decoded(from);
  }
  add_product(left.values, whole, to.values, left.rows, to.columns, left.columns, 1.0, false);
}

void HeadOfGraph::reduce(const Operation& o, Part& to) {
  const Part& from = input(o.x);
  for (std::int64_t row = 0; row < from.rows; ++row) {
    const auto begin = from.values.begin() + row * from.columns, end = begin + from.columns;
    double result = o.mode == kMaximum ? *std::max_element(begin, end) : 0;
    for (auto at = begin; o.mode == kSum && at != end; ++at) result += *at;
    to.values[static_cast<std::size_t>(row)] = result;
  }
}

void HeadOfGraph::combine(const Operation& o, Part& to) {
  const Part &x = input(o.x), &b = o.b < 0 ? x : input(o.b), &t = o.t < 0 ? x : input(o.t);
  const std::int64_t base[] = {batch_, head_, first_, 0};
  double* out = to.values.data();
  for (std::int64_t row = 0; row < to.rows; ++row) {
    for (std::int64_t column = 0; column < to.columns; ++column, ++out) {
      if (o.mode == kIndex) {
        const std::int64_t along = o.axis == 2 ? row : o.axis == 3 ? column : 0;
        *out = static_cast<double>(base[o.axis] + along);
      } else {
        *out = combined(o.mode, x.at(row, column), b.at(row, column), t.at(row, column));
      }
    }
  }
}

bool HeadOfGraph::keep(const Tensor& tensor, Part&& part) {
  if (tensor.is_virtual) {
    round_to(tensor.type, part.values);
    parts_[tensor.id] = std::move(part);
    return true;
  }
  const Matrix to = in_memory(tensor, first_, part.rows);
  if (to.data != nullptr) encode(part.values, to);
  return to.data != nullptr;
}

std::string HeadOfGraph::compute(std::int64_t first, std::int64_t rows) {
  first_ = first;
  rows_ = rows;
  parts_.clear();
  for (const Operation& operation : graph_.operations) {
    const Tensor& result = graph_.at(operation.y);
    Part made = part_of(result);
    if (operation.what == What::matmul) multiply(operation, made);
    if (operation.what == What::reduction) reduce(operation, made);
    if (operation.what == What::pointwise) combine(operation, made);
    if (lost_ || !keep(result, std::move(made))) return "a tensor is no memory of the device";
  }
  return "";
}

}  // namespace assay::fakes::cudalike::dnn
