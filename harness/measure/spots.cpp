#include "harness/measure/spots.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "harness/measure/clock.h"
#include "kernels/input.h"

namespace assay::harness::measure {
namespace {

using kernels::Role;

/// Parts begin at multiples of it, which are whole elements of every type.
constexpr std::size_t kGrid = 192;
/// Two parts of an input of up to 4 KiB, and two of an output of one grid step.
constexpr std::size_t kParts = 2;
constexpr std::size_t kInputPart = 21 * kGrid;

std::size_t draw(const Entropy& random, std::size_t below) {
  return static_cast<std::size_t>(random() % below);
}

bool is_changeable(const Operands::Part& part) {
  const kernels::Operand& operand = part.operand;
  return operand.role == Role::input && !operand.weights && operand.fill == nullptr &&
         !kernels::is_block_scaled(operand.type) && part.host.size() >= 2 * kGrid;
}

/// Part of an input of `total` bytes: at most a quarter of it.
std::size_t input_part(std::size_t total) {
  return std::clamp(total / 4 / kGrid * kGrid, kGrid, kInputPart);
}

}  // namespace

Spots::Spots(Operands& operands, const kernels::Operation& operation) : parts_(operands.parts()) {
  if (operation.roof == kernels::Roof::link || operation.collective != nullptr) return;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (is_changeable(parts_[i])) changeable_.push_back(i);
  }
}

void Spots::change_inputs(const Entropy& random) {
  restore_inputs();
  for (const std::size_t operand : changeable_) {
    Operands::Part& part = parts_[operand];
    const std::size_t bytes = input_part(part.host.size());
    const std::size_t places = (part.host.size() - bytes) / kGrid + 1;
    for (std::size_t i = 0; i < kParts; ++i) {
      const std::size_t to = kGrid * draw(random, places);
      // Never the same place.
      const std::size_t from = (to + kGrid * (1 + draw(random, places - 1))) % (kGrid * places);
      const auto source = part.host.subspan(from, bytes);
      changes_.push_back({operand, to, {source.begin(), source.end()}});
      part.device.upload(changes_.back().bytes, to);
    }
  }
}

void Spots::restore_inputs() {
  for (const Change& change : changes_) {
    Operands::Part& part = parts_[change.operand];
    part.device.upload(part.host.subspan(change.offset, change.bytes.size()), change.offset);
  }
  changes_.clear();
}

void Spots::poison_outputs(const Entropy& random) {
  poisoned_.clear();
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    Operands::Part& part = parts_[i];
    if (part.operand.role != Role::output || part.host.empty()) continue;
    const std::size_t bytes = std::min(kGrid, part.host.size());
    const std::size_t places = (part.host.size() - bytes) / kGrid + 1;
    for (std::size_t k = 0; k < std::min(kParts, places); ++k) {
      Change change{i, kGrid * draw(random, places), std::vector<std::byte>(bytes)};
      kernels::poison(part.operand.type, change.bytes);
      part.device.upload(change.bytes, change.offset);
      poisoned_.push_back(std::move(change));
    }
  }
}

Seen Spots::look() const {
  std::vector<std::vector<std::byte>> first, again;
  for (const Change& spot : poisoned_) {
    first.emplace_back(spot.bytes.size());
    again.emplace_back(spot.bytes.size());
  }
  const auto download = [&](std::vector<std::vector<std::byte>>& to) {
    const double begin = seconds_now();
    for (std::size_t i = 0; i < poisoned_.size(); ++i) {
      parts_[poisoned_[i].operand].device.download(to[i], poisoned_[i].offset);
    }
    return seconds_now() - begin;
  };
  Seen seen;
  seen.first_seconds = download(first);
  seen.again_seconds = download(again);
  for (std::size_t i = 0; i < poisoned_.size(); ++i) {
    const Change& spot = poisoned_[i];
    const Operands::Part& part = parts_[spot.operand];
    const auto where = [&] {
      return fmt::format("output {}, bytes {} to {}", part.operand.name, spot.offset,
                         spot.offset + spot.bytes.size() - 1);
    };
    const auto verified = part.host.subspan(spot.offset, spot.bytes.size());
    const bool same = std::ranges::equal(first[i], verified);
    if (!same && first[i] == spot.bytes) seen.wrong = where() + ": the poison (never written)";
    if (first[i] != again[i]) seen.wrong = where() + ": downloaded twice, with different bits";
    seen.as_verified = seen.as_verified && same;
  }
  return seen;
}

ChangedHost::ChangedHost(Operands& operands, std::vector<Change> changes)
    : parts_(operands.parts()), changes_(std::move(changes)) {
  swap();
}

/// In the opposite order the second time, because changes may overlap.
void ChangedHost::swap() {
  for (Change& change : changes_) {
    const auto host = parts_[change.operand].host.subspan(change.offset, change.bytes.size());
    std::swap_ranges(change.bytes.begin(), change.bytes.end(), host.begin());
  }
  std::ranges::reverse(changes_);
}

}  // namespace assay::harness::measure
