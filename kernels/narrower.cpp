#include "kernels/narrower.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace assay::kernels {

namespace {

constexpr double kAsGood = 1.25;  // of the unexplained squares of the best candidate
constexpr double kLargestError = 1e6;

template <DataType kType>
void round_to(std::span<double> values, double) {
  for (double& value : values) value = decode(kType, encode(kType, value));
}

/// The operand's largest value becomes the type's.
template <DataType kType>
void round_scaled(std::span<double> values, double most) {
  if (!(most > 0)) return;
  const double scale = largest(kType) / most;
  for (double& value : values) value = decode(kType, encode(kType, value * scale)) / scale;
}

/// Low bits of the f32 are dropped, as tensor cores do with what they are given.
template <int kBits>
void drop_low_bits(std::span<double> values, double) {
  constexpr std::uint64_t kMask = ~((std::uint64_t{1} << kBits) - 1);
  for (double& value : values) {
    value = decode(DataType::f32, encode(DataType::f32, value) & kMask);
  }
}

constexpr NarrowInputs kTf32{"tf32", round_to<DataType::tf32>};
constexpr NarrowInputs kTruncatedTf32{"truncated tf32", drop_low_bits<13>};
constexpr NarrowInputs kF16{"f16", round_to<DataType::f16>};
constexpr NarrowInputs kBf16{"bf16", round_to<DataType::bf16>};
constexpr NarrowInputs kTruncatedBf16{"truncated bf16", drop_low_bits<16>};
constexpr NarrowInputs kE4m3{"f8e4m3", round_to<DataType::f8e4m3>};
constexpr NarrowInputs kScaledE4m3{"scaled f8e4m3", round_scaled<DataType::f8e4m3>};
constexpr NarrowInputs kVectorE4m3{"f8e4m3 scaled by vector", round_scaled<DataType::f8e4m3>, true};
constexpr NarrowInputs kE5m2{"f8e5m2", round_to<DataType::f8e5m2>};
constexpr NarrowInputs kI8{"i8", round_scaled<DataType::i8>};
constexpr NarrowInputs kVectorI8{"i8 scaled by vector", round_scaled<DataType::i8>, true};
constexpr NarrowInputs kScaledE2m1{"scaled f4e2m1", round_scaled<DataType::f4e2m1>};
constexpr NarrowInputs kVectorE2m1{"f4e2m1 scaled by vector", round_scaled<DataType::f4e2m1>, true};

constexpr NarrowInputs kBelowF64[] = {{"f32", round_to<DataType::f32>}, kTf32, kBf16};
constexpr NarrowInputs kBelowF32[] = {kTf32,       kTruncatedTf32, kF16,  kBf16, kTruncatedBf16,
                                      kScaledE4m3, kE4m3,          kE5m2, kI8,   kVectorI8};
constexpr NarrowInputs kBelowTf32[] = {kBf16, kTruncatedBf16, kScaledE4m3, kE4m3, kE5m2,
                                       kI8,   kVectorI8};
constexpr NarrowInputs kBelowBf16[] = {kScaledE4m3, kE4m3,     kVectorE4m3, kE5m2,
                                       kI8,         kVectorI8, kScaledE2m1};
constexpr NarrowInputs kBelowF16[] = {kBf16,       kTruncatedBf16, kScaledE4m3, kE4m3,
                                      kVectorE4m3, kE5m2,          kI8,         kVectorI8};
// Values of elements times scales, where a kernel keeps them in a type that does not hold them.
constexpr NarrowInputs kBelowI4Groups[] = {kBf16, kTruncatedBf16};
constexpr NarrowInputs kBelowF8Groups[] = {kTf32, kTruncatedTf32, kF16, kBf16, kTruncatedBf16};
constexpr NarrowInputs kBelowF8[] = {kE5m2, kScaledE2m1, kVectorE2m1};

}  // namespace

std::span<const NarrowInputs> narrower_than(DataType type) {
  switch (type) {
    case DataType::f64:
      return kBelowF64;
    case DataType::f32:
      return kBelowF32;
    case DataType::tf32:
      return kBelowTf32;
    case DataType::bf16:
      return kBelowBf16;
    case DataType::f16:
      return kBelowF16;
    case DataType::f8e4m3:
      return kBelowF8;
    case DataType::f8e4m3g128:
      return kBelowF8Groups;
    case DataType::i4g128:
      return kBelowI4Groups;
    default:
      return {};
  }
}

void narrow_vector(const NarrowInputs& inputs, std::span<double> vector, double largest) {
  inputs.round(vector, inputs.by_vector ? largest_magnitude(vector) : largest);
}

double largest_magnitude(std::span<const double> values) {
  double most = 0;
  for (const double value : values) {
    if (std::isfinite(value)) most = std::max(most, std::fabs(value));
  }
  return most;
}

double largest_magnitude(DataType type, std::span<const std::byte> array, std::int64_t elements) {
  constexpr std::int64_t kChunk = 1 << 16;
  std::vector<double> values;
  double most = 0;
  for (std::int64_t first = 0; first < elements; first += kChunk) {
    values.resize(static_cast<std::size_t>(std::min(kChunk, elements - first)));
    decode_array(type, array, first, values);
    most = std::max(most, largest_magnitude(values));
  }
  return most;
}

void Explanations::add(std::size_t candidate, double got, double expected, double narrow,
                       double weight) {
  if (candidate >= all_.size()) all_.resize(candidate + 1);
  const double error = (got - expected) / weight, rest = (got - narrow) / weight;
  if (!(std::fabs(error) < kLargestError && std::fabs(rest) < kLargestError)) return;
  all_[candidate].squares += error * error;
  all_[candidate].left += rest * rest;
}

void Explanations::name(std::size_t candidate, std::string text) {
  if (candidate >= all_.size()) all_.resize(candidate + 1);
  all_[candidate].name = std::move(text);
}

std::string Explanations::best(double share) const {
  double least = 1;
  for (const One& one : all_) {
    if (one.squares > 0) least = std::min(least, one.left / one.squares);
  }
  if (least > 1 - share) return "";
  std::string names;
  for (const One& one : all_) {
    if (!(one.squares > 0) || one.left / one.squares > std::max(least * kAsGood, 1e-9)) continue;
    names += (names.empty() ? "" : " or ") + one.name;
  }
  return fmt::format("agrees with {}", names);
}

std::string narrow_output(DataType type, std::span<const double> got) {
  constexpr std::int64_t kEnough = 64;
  constexpr DataType kFinestFirst[] = {DataType::f32, DataType::tf32, DataType::f16,
                                       DataType::bf16};
  std::int64_t different = 0;
  for (const double value : got) different += value != 0 && std::isfinite(value);
  if (different < kEnough) return "";
  std::string found;
  for (const DataType narrow : kFinestFirst) {
    if (unit_roundoff(narrow) <= unit_roundoff(type)) continue;
    const bool all = std::all_of(got.begin(), got.end(), [&](double value) {
      return !std::isfinite(value) || decode(narrow, encode(narrow, value)) == value;
    });
    if (all) found = fmt::format("holds values of {} only", name(narrow));
  }
  return found;
}

}  // namespace assay::kernels
