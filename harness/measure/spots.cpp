#include "harness/measure/spots.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/measure/clock.h"
#include "kernels/input.h"

namespace assay::harness::measure {
namespace {

/// Parts begin at multiples of it, which are whole elements of every type.
constexpr std::size_t kGrid = 192;
/// Two parts of an input of up to 4 KiB, and two of an output of one grid step.
constexpr std::size_t kParts = 2;
constexpr std::size_t kInputPart = 21 * kGrid;

std::size_t draw(const Entropy& random, std::size_t below) {
  return static_cast<std::size_t>(random() % below);
}

bool is_changeable(const PlacedOperand& one) {
  const kernels::Operand& operand = one.operand;
  return !one.is_output() && !operand.weights && operand.fill == nullptr &&
         !kernels::is_block_scaled(operand.type) && one.bytes >= 2 * kGrid;
}

OperandPart part_of(const Change& change) {
  return {change.operand, change.offset, change.bytes.size()};
}

std::vector<OperandPart> parts_of(const std::vector<Change>& changes) {
  std::vector<OperandPart> out;
  for (const Change& change : changes) out.push_back(part_of(change));
  return out;
}

/// Part of an input of `total` bytes: at most a quarter of it.
std::size_t input_part(std::size_t total) {
  return std::clamp(total / 4 / kGrid * kGrid, kGrid, kInputPart);
}

}  // namespace

Spots::Spots(DeviceAccess& access, HostOperands& operands, const kernels::Operation& operation)
    : access_(access), operands_(operands) {
  if (operation.roof == kernels::Roof::link || operation.collective != nullptr) return;
  const auto& placed = operands_.layout().operands;
  for (std::uint32_t i = 0; i < placed.size(); ++i) {
    if (is_changeable(placed[i])) changeable_.push_back(i);
  }
}

void Spots::change_inputs(const Entropy& random) {
  restore_inputs();
  for (const std::uint32_t operand : changeable_) {
    const kernels::Bytes host = operands_.host(operand);
    const std::size_t bytes = input_part(host.size());
    const std::size_t places = (host.size() - bytes) / kGrid + 1;
    for (std::size_t i = 0; i < kParts; ++i) {
      const std::size_t to = kGrid * draw(random, places);
      // Never the same place.
      const std::size_t from = (to + kGrid * (1 + draw(random, places - 1))) % (kGrid * places);
      const auto source = host.subspan(from, bytes);
      changes_.push_back({operand, to, {source.begin(), source.end()}});
    }
  }
  const ChangedHost changed(operands_, changes_);
  access_.upload(parts_of(changes_));
}

void Spots::restore_inputs() {
  if (!changes_.empty()) access_.upload(parts_of(changes_));
  changes_.clear();
}

void Spots::poison_outputs(const Entropy& random) {
  poisoned_.clear();
  const auto& placed = operands_.layout().operands;
  for (std::uint32_t i = 0; i < placed.size(); ++i) {
    const std::size_t size = placed[i].bytes;
    if (!placed[i].is_output() || size == 0) continue;
    const std::size_t bytes = std::min(kGrid, size);
    const std::size_t places = (size - bytes) / kGrid + 1;
    for (std::size_t k = 0; k < std::min(kParts, places); ++k) {
      Change change{i, kGrid * draw(random, places), std::vector<std::byte>(bytes)};
      kernels::poison(placed[i].operand.type, change.bytes);
      std::ranges::copy(change.bytes, operands_.shared(part_of(change)).begin());
      poisoned_.push_back(std::move(change));
    }
  }
  // Of some collectives only one rank has an output.
  if (!poisoned_.empty()) access_.upload(parts_of(poisoned_));
}

double Spots::download(std::vector<std::vector<std::byte>>& to) {
  // A download that writes nothing leaves the poison.
  for (const Change& spot : poisoned_) {
    std::ranges::copy(spot.bytes, operands_.shared(part_of(spot)).begin());
  }
  const std::vector<OperandPart> parts = parts_of(poisoned_);
  const double begin = seconds_now();
  access_.download(parts);
  const double seconds = seconds_now() - begin;
  for (const OperandPart& part : parts) {
    const kernels::Bytes bytes = operands_.shared(part);
    to.emplace_back(bytes.begin(), bytes.end());
  }
  return seconds;
}

Seen Spots::look() {
  if (poisoned_.empty()) return {};
  std::vector<std::vector<std::byte>> first, again;
  Seen seen;
  seen.first_seconds = download(first);
  seen.again_seconds = download(again);
  for (std::size_t i = 0; i < poisoned_.size(); ++i) {
    const Change& spot = poisoned_[i];
    const auto where = [&] {
      return fmt::format("output {}, bytes {} to {}",
                         operands_.layout().operands[spot.operand].operand.name, spot.offset,
                         spot.offset + spot.bytes.size() - 1);
    };
    const auto verified = operands_.host(spot.operand).subspan(spot.offset, spot.bytes.size());
    const bool same = std::ranges::equal(first[i], verified);
    if (!same && first[i] == spot.bytes) seen.wrong = where() + ": the poison (never written)";
    if (first[i] != again[i]) seen.wrong = where() + ": downloaded twice, with different bits";
    seen.as_verified = seen.as_verified && same;
  }
  return seen;
}

ChangedHost::ChangedHost(HostOperands& operands, std::vector<Change> changes)
    : operands_(operands), changes_(std::move(changes)) {
  swap();
}

/// In the opposite order the second time, because changes may overlap.
void ChangedHost::swap() {
  for (Change& change : changes_) {
    const auto host = operands_.host(change.operand).subspan(change.offset, change.bytes.size());
    std::swap_ranges(change.bytes.begin(), change.bytes.end(), host.begin());
  }
  std::ranges::reverse(changes_);
}

}  // namespace assay::harness::measure
