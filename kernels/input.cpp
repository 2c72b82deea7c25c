#include "kernels/input.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "kernels/operand_generator.h"

namespace assay::kernels {

namespace {

OperandGenerator generator_of(const Problem& problem, int operand) {
  return {problem.operation().operands(problem).at(static_cast<std::size_t>(operand)),
          problem.choice("dist"), problem.hash(), static_cast<std::uint32_t>(operand)};
}

/// The part of `to` that the elements from `first` on will fill; its unused bits are set to zero.
Bytes cleared(const OperandGenerator& generator, std::int64_t first, Bytes to) {
  const DataType type = generator.operand().type;
  const std::int64_t count = generator.count(first, to.size());
  if (is_block_scaled(type) && first % traits(type).block != 0) {
    throw std::logic_error(fmt::format("operand {}: element {} is not the first of a block",
                                       generator.operand().name, first));
  }
  const Bytes array = to.first(static_cast<std::size_t>(bytes_of(type, count)));
  const std::int64_t bits = count * bits_of(type);
  if (bits % 8 != 0) array[static_cast<std::size_t>(bits / 8)] = std::byte{0};
  return array;
}

}  // namespace

std::span<const std::string_view> distributions() {
  return kDistributionNames;
}

struct OperandSource::Parts {
  std::optional<Problem> problem;
  OperandGenerator generator;
};

OperandSource::OperandSource(const Problem& problem, int operand)
    : parts_(std::make_unique<const Parts>(Parts{problem, generator_of(problem, operand)})) {}

OperandSource::OperandSource(const Operand& operand, std::string_view dist, std::uint64_t key,
                             std::uint32_t stream)
    : parts_(std::make_unique<const Parts>(
          Parts{std::nullopt, OperandGenerator(operand, dist, key, stream)})) {}

OperandSource::~OperandSource() = default;

void OperandSource::generate(std::int64_t first, Bytes to) const {
  const OperandGenerator& generator = parts_->generator;
  if (const auto fill = generator.operand().fill) return fill(*parts_->problem, first, to);
  generator.make(first, generator.count(first, to.size()), cleared(generator, first, to), 0);
}

void OperandSource::generate_parallel(std::int64_t first, Bytes to) const {
  const OperandGenerator& generator = parts_->generator;
  if (generator.operand().fill != nullptr) return generate(first, to);
  const std::int64_t count = generator.count(first, to.size());
  const Bytes array = cleared(generator, first, to);
  constexpr std::int64_t kPart = 1 << 16;  // whole bytes and whole blocks of every type
  tbb::parallel_for(std::int64_t{0}, (count + kPart - 1) / kPart, [&](std::int64_t part) {
    const std::int64_t begin = part * kPart;
    generator.make(first + begin, std::min(kPart, count - begin), array, begin);
  });
}

void generate(const Problem& problem, int operand, std::int64_t first, Bytes to) {
  OperandSource(problem, operand).generate(first, to);
}

void generate_parallel(const Problem& problem, int operand, Bytes to, std::int64_t first) {
  OperandSource(problem, operand).generate_parallel(first, to);
}

}  // namespace assay::kernels
