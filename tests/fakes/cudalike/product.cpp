#include "tests/fakes/cudalike/product.h"

#include <algorithm>
#include <cstring>

#include "tests/fakes/common/arithmetic.h"
#include "tests/fakes/common/tensor_cores.h"

namespace assay::fakes::cudalike {
namespace {

using kernels::DataType;

/// cudaDataType, which the copies kept.
constexpr std::pair<int, DataType> kTypes[] = {
    {0, DataType::f32},  {1, DataType::f64},   {2, DataType::f16},     {3, DataType::i8},
    {10, DataType::i32}, {14, DataType::bf16}, {28, DataType::f8e4m3}, {29, DataType::f8e5m2}};

bool is_narrow_float(DataType type) {
  return type == DataType::f8e4m3 || type == DataType::f8e5m2;
}

std::uint64_t stored_bytes(const ProductMatrix& matrix, std::int64_t batch) {
  const std::int64_t last = (batch - 1) * matrix.offset + (matrix.columns - 1) * matrix.leading;
  return static_cast<std::uint64_t>(bytes_of(*type_of(matrix.type), last + matrix.rows));
}

/// Of one of the batch's, as a row-major matrix of what is multiplied.
std::optional<Matrix> view(const ProductMatrix& matrix, std::int64_t batch, std::int64_t index) {
  const DataType type = *type_of(matrix.type);
  std::byte* const data = data_at(matrix.data, stored_bytes(matrix, batch));
  if (data == nullptr) return std::nullopt;
  const auto skipped = static_cast<std::size_t>(bytes_of(type, index * matrix.offset));
  if (matrix.transposed) {
    return Matrix{type, data + skipped, matrix.columns, matrix.rows, matrix.leading, 1};
  }
  return Matrix{type, data + skipped, matrix.rows, matrix.columns, 1, matrix.leading};
}

Matrix turned(const Matrix& m) {
  return {m.type, m.data, m.columns, m.rows, m.column_stride, m.row_stride};
}

bool holds(const ProductMatrix& m, std::int64_t batch) {
  return m.rows > 0 && m.columns > 0 && m.leading >= m.rows && (batch == 1 || m.offset >= 0);
}

/// cuBLASLt takes int8 products of any storage and computes some by old kernels (pytorch#187094: NN
/// 2.1 times slower than TN). Which storage is slow here is asked for.
bool is_slow(const Product& p) {
  const std::string slow = text_setting("ASSAY_FAKE_SLOW", "");
  const bool depends = type_of(p.left.type) == DataType::i8 || p.compute == BlasNumbers::tf32;
  return depends && slow == (p.left.transposed ? "tn" : "nn");
}

void take_time(const Product& p) {
  // Without a model of its time it takes the host's, and what is slow much more than that.
  if (!machine().time.counted()) {
    if (is_slow(p)) machine().time.pass(3e-3);
    return;
  }
  const auto depth = p.left.transposed ? p.left.rows : p.left.columns;
  const double operations =
      2.0 * static_cast<double>(p.batch * p.result.rows * p.result.columns * depth);
  machine().time.pass(kLaunchSeconds + operations / kOperationsPerSecond * (is_slow(p) ? 2 : 1));
}

/// Newer capabilities' types: cuBLAS's reference, "cublasGemmEx" and "cublasLtMatmul".
bool architecture_has(DataType type, int compute) {
  if (std::string_view(ASSAY_FAKE_VENDOR) != "nvidia") return true;
  const int capability = machine().capability;
  if (is_narrow_float(type)) return capability >= 89;
  if (type == DataType::bf16 || compute == BlasNumbers::tf32) return capability >= 80;
  return type != DataType::i8 || capability >= 61;
}

bool sums_narrowly(const Product& p) {
  return is_narrow_float(*type_of(p.left.type)) &&
         text_setting("ASSAY_FAKE_ACCUMULATOR", "") == "e8m13";
}

}  // namespace

std::optional<DataType> type_of(int number) {
  for (const auto& [known, type] : kTypes) {
    if (known == number) return type;
  }
  return std::nullopt;
}

Status check_shape(const Product& p) {
  const auto effective = [](const ProductMatrix& m) {
    return m.transposed ? std::pair{m.columns, m.rows} : std::pair{m.rows, m.columns};
  };
  if (p.batch < 1 || !holds(p.left, p.batch) || !holds(p.right, p.batch) ||
      !holds(p.result, p.batch)) {
    return BlasStatus::invalid;
  }
  if (p.batch > 1 && p.result.offset < (p.result.columns - 1) * p.result.leading + p.result.rows) {
    return BlasStatus::invalid;  // results lie on each other
  }
  const auto [m, k] = effective(p.left);
  const auto [depth, n] = effective(p.right);
  return k == depth && m == p.result.rows && n == p.result.columns ? kOk : BlasStatus::invalid;
}

Status check_types(const Product& p) {
  const auto left = type_of(p.left.type), right = type_of(p.right.type),
             result = type_of(p.result.type);
  if (!left || !right || !result) return BlasStatus::invalid;
  if (!architecture_has(*left, p.compute)) return BlasStatus::architecture;
  const auto is = [&](DataType in, std::initializer_list<DataType> out) {
    return left == in && right == in && std::ranges::find(out, *result) != out.end();
  };
  using enum DataType;
  bool offered = false;
  if (p.compute == BlasNumbers::f32) {
    offered = is(f32, {f32}) || is(f16, {f16, f32}) || is(bf16, {bf16, f32}) || is(i8, {f32}) ||
              (is_narrow_float(*left) && is_narrow_float(*right) &&
               !(left == f8e5m2 && right == f8e5m2) && *result != f64 && !is_integer(*result));
  }
  if (p.compute == BlasNumbers::tf32) offered = is(f32, {f32});
  if (p.compute == BlasNumbers::f64) offered = is(f64, {f64});
  if (p.compute == BlasNumbers::i32) offered = is(i8, {i32});
  return offered ? kOk : BlasStatus::unsupported;
}

Status check_places(const Product& p) {
  for (const ProductMatrix* matrix : {&p.left, &p.right, &p.result}) {
    const DataType type = *type_of(matrix->type);
    const std::uintptr_t grain = static_cast<std::uintptr_t>(
        std::max<std::int64_t>(bytes_of(type, 1), is_integer(type) ? 4 : 1));
    if (matrix->data == nullptr || reinterpret_cast<std::uintptr_t>(matrix->data) % grain != 0) {
      return BlasStatus::invalid;
    }
    if (type == DataType::i8 && matrix->leading % 4 != 0) return BlasStatus::unsupported;
  }
  return kOk;
}

Status check_scalars(int compute, const void* alpha, const void* beta) {
  if (alpha == nullptr || beta == nullptr || machine().memory.is_device_address(alpha) ||
      machine().memory.is_device_address(beta)) {
    return BlasStatus::invalid;
  }
  const auto are_one_and_zero = [&](auto one) {
    decltype(one) first, second;
    std::memcpy(&first, alpha, sizeof first);
    std::memcpy(&second, beta, sizeof second);
    return first == one && second == decltype(one){};
  };
  bool computed = false;
  if (compute == BlasNumbers::f64) {
    computed = are_one_and_zero(double{1});
  } else if (compute == BlasNumbers::i32) {
    computed = are_one_and_zero(std::int32_t{1});
  } else {
    computed = are_one_and_zero(1.0F);
  }
  return computed ? kOk : BlasStatus::unsupported;
}

/// What lies behind a view of f32, rounded; the view then names the copy.
std::vector<float> rounded(Matrix& matrix) {
  const std::int64_t last =
      (matrix.rows - 1) * matrix.row_stride + (matrix.columns - 1) * matrix.column_stride;
  std::vector<float> copy(static_cast<std::size_t>(last + 1));
  std::memcpy(copy.data(), matrix.data, copy.size() * sizeof(float));
  round_to_tf32(copy);
  matrix.data = reinterpret_cast<std::byte*>(copy.data());
  return copy;
}

std::string multiplied(const Product& p) {
  for (std::int64_t i = 0; i < p.batch; ++i) {
    auto left = view(p.left, p.batch, i), right = view(p.right, p.batch, i);
    const auto result = view(p.result, p.batch, i);
    if (!left || !right || !result) return "an operand is no memory of the device";
    std::vector<float> copies[2];
    if (p.compute == BlasNumbers::tf32) copies[0] = rounded(*left), copies[1] = rounded(*right);
    // Column-major C = A B is row-major C' = B' A'.
    if (sums_narrowly(p)) {
      multiply_narrowly(turned(*right), turned(*left), turned(*result), p.fast);
    } else {
      multiply(turned(*right), turned(*left), turned(*result));
    }
  }
  return "";
}

void push_product(Stream& stream, const Product& product, Fault fault) {
  push(stream, with_fault(fault, product.result.data, [product] {
         ++machine().launches;
         take_time(product);
         return multiplied(product);
       }));
}

}  // namespace assay::fakes::cudalike
