#include "harness/measure/spots.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "harness/measure/clock.h"
#include "kernels/bulk.h"
#include "kernels/input.h"

namespace assay::harness::measure {
namespace {

/// Parts begin at multiples of it, which are whole elements and whole scales of every type.
constexpr std::size_t kGrid = 192;
/// Two parts of an input of up to 4 KiB, and two of an output of one grid step.
constexpr std::size_t kParts = 2;
constexpr std::size_t kInputPart = 21 * kGrid;

std::size_t draw(const Entropy& random, std::size_t below) {
  return static_cast<std::size_t>(random() % below);
}

OperandPart part_of(const Patch& patch) {
  return {patch.operand, patch.offset, patch.bytes.size()};
}

std::vector<OperandPart> parts_of(const std::vector<Patch>& patches) {
  std::vector<OperandPart> out;
  out.reserve(patches.size());
  for (const Patch& patch : patches) out.push_back(part_of(patch));
  return out;
}

std::vector<OperandPart> parts_of(const std::vector<Change>& changes, bool original) {
  std::vector<OperandPart> out;
  out.reserve(changes.size());
  for (const Change& change : changes) {
    out.push_back(
        {change.operand, change.offset, change.bytes, original ? change.offset : change.from});
  }
  return out;
}

/// Part of an input of `total` bytes: at most a quarter of it.
std::size_t input_part(std::size_t total) {
  return std::clamp(total / 4 / kGrid * kGrid, kGrid, kInputPart);
}

}  // namespace

double beyond_transfer(double seconds, std::span<const OperandPart> parts) {
  constexpr double kRequest = 1e-4, kPart = 5e-5, kRate = 1e9;
  double usual = kRequest;
  for (const OperandPart& part : parts) usual += kPart + static_cast<double>(part.bytes) / kRate;
  return std::max(0.0, seconds - usual);
}

std::vector<Stretch> stretches_of(const kernels::Operand& operand, std::uint32_t index) {
  if (operand.role != kernels::Role::input || operand.weights || operand.fill != nullptr) return {};
  const auto all = static_cast<std::size_t>(operand.bytes());
  const auto elements = static_cast<std::size_t>(
      kernels::bytes_of(kernels::element_of(operand.type), operand.elements()));
  const auto row = static_cast<std::size_t>(kernels::bytes_of(
      kernels::element_of(operand.type), operand.extents.empty() ? 1 : operand.extents.back()));
  std::vector<Stretch> out = {{index, 0, elements, true, row},
                              {index, elements, all - elements, false, 0}};
  std::erase_if(out, [](const Stretch& one) { return one.bytes < 2 * kGrid; });
  return out;
}

std::size_t shift_of(const Stretch& stretch, const Entropy& random) {
  constexpr int kTries = 16;
  std::size_t by = 0;
  for (int i = 0; i < kTries; ++i) {
    by = kGrid * (1 + draw(random, stretch.bytes / kGrid - 1));
    if (stretch.row == 0 || by % stretch.row != 0) break;
  }
  return by;
}

Spots::Spots(DeviceAccess& access, HostOperands& operands, const kernels::Operation& operation)
    : access_(access), operands_(operands) {
  if (operation.roof == kernels::Roof::link || operation.collective != nullptr) return;
  const auto& placed = operands_.layout().operands;
  for (std::uint32_t i = 0; i < placed.size(); ++i) {
    std::ranges::copy(stretches_of(placed[i].operand, i), std::back_inserter(changeable_));
  }
}

void Spots::send(const std::vector<OperandPart>& parts) {
  const double begin = seconds_now();
  access_.upload(parts);
  beyond_transfer_ += beyond_transfer(seconds_now() - begin, parts);
}

void Spots::change_parts(const Stretch& stretch, const Entropy& random) {
  const std::size_t bytes = input_part(stretch.bytes);
  const std::size_t places = (stretch.bytes - bytes) / kGrid + 1;
  for (std::size_t i = 0; i < kParts; ++i) {
    const std::size_t to = kGrid * draw(random, places);
    // Never the same place.
    const std::size_t from = (to + kGrid * (1 + draw(random, places - 1))) % (kGrid * places);
    changes_.push_back({stretch.operand, stretch.offset + to, stretch.offset + from, bytes});
  }
}

void Spots::move_all(const Stretch& stretch, const Entropy& random) {
  const std::size_t size = stretch.bytes, at = stretch.offset;
  const std::size_t by = shift_of(stretch, random);
  changes_.push_back({stretch.operand, at, at + by, size - by});
  changes_.push_back({stretch.operand, at + size - by, at, by});
}

void Spots::change_inputs(const Entropy& random, bool whole) {
  restore_inputs();
  const Stretch* smallest = nullptr;
  for (const Stretch& stretch : changeable_) {
    const bool less = smallest == nullptr || stretch.bytes < smallest->bytes;
    if (stretch.elements && less) smallest = &stretch;
  }
  if (whole && smallest != nullptr) {
    move_all(*smallest, random);
    // By itself: small uploads are not given the time that a large one takes.
    send(parts_of(changes_, false));
  }
  std::vector<Change> moved = std::exchange(changes_, {});
  for (const Stretch& stretch : changeable_) {
    if (moved.empty() || &stretch != smallest) change_parts(stretch, random);
  }
  if (!changes_.empty()) send(parts_of(changes_, false));
  changes_.insert(changes_.begin(), moved.begin(), moved.end());
}

void Spots::restore_inputs() {
  if (!changes_.empty()) send(parts_of(changes_, true));
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
      Patch patch{i, kGrid * draw(random, places), std::vector<std::byte>(bytes)};
      kernels::poison(placed[i].operand.type, patch.bytes);
      std::ranges::copy(patch.bytes, operands_.shared(part_of(patch)).begin());
      poisoned_.push_back(std::move(patch));
    }
  }
  // Of some collectives only one rank has an output.
  if (!poisoned_.empty()) send(parts_of(poisoned_));
}

double Spots::download(std::vector<Patch>& to) {
  // A download that writes nothing leaves the poison.
  for (const Patch& spot : poisoned_) {
    std::ranges::copy(spot.bytes, operands_.shared(part_of(spot)).begin());
  }
  const std::vector<OperandPart> parts = parts_of(poisoned_);
  const double begin = seconds_now();
  access_.download(parts);
  const double seconds = seconds_now() - begin;
  for (const OperandPart& part : parts) {
    const kernels::Bytes bytes = operands_.shared(part);
    to.push_back({part.operand, part.offset, {bytes.begin(), bytes.end()}});
  }
  return seconds;
}

Seen Spots::look() {
  seen_.clear();
  if (poisoned_.empty()) return {};
  std::vector<Patch> again;
  Seen seen;
  seen.first_seconds = download(seen_);
  seen.again_seconds = download(again);
  for (std::size_t i = 0; i < poisoned_.size(); ++i) {
    const Patch& spot = poisoned_[i];
    const std::vector<std::byte>& first = seen_[i].bytes;
    const auto where = [&] {
      return fmt::format("output {}, bytes {} to {}",
                         operands_.layout().operands[spot.operand].operand.name, spot.offset,
                         spot.offset + spot.bytes.size() - 1);
    };
    const auto verified = operands_.host(spot.operand).subspan(spot.offset, spot.bytes.size());
    const bool same = std::ranges::equal(first, verified);
    if (!same && first == spot.bytes) seen.wrong = where() + ": the poison (never written)";
    if (first != again[i].bytes) seen.wrong = where() + ": downloaded twice, with different bits";
    seen.as_verified = seen.as_verified && same;
  }
  return seen;
}

namespace {

/// The operand of which more than parts was changed.
std::optional<std::uint32_t> moved_operand(const std::vector<Change>& changes) {
  const auto is_moved = [](const Change& change) { return change.bytes > kInputPart; };
  const auto found = std::ranges::find_if(changes, is_moved);
  return found == changes.end() ? std::nullopt : std::optional(found->operand);
}

/// What the changes of the others write.
std::vector<Patch> patches_of(HostOperands& operands, const std::vector<Change>& changes,
                              std::optional<std::uint32_t> but) {
  std::vector<Patch> out;
  for (const Change& change : changes) {
    if (change.operand == but) continue;
    const auto source = operands.host(change.operand).subspan(change.from, change.bytes);
    out.push_back({change.operand, change.offset, {source.begin(), source.end()}});
  }
  return out;
}

/// A copy of the operand with its changes.
kernels::ConstBytes changed_copy(HostOperands& operands, const std::vector<Change>& changes,
                                 std::uint32_t operand) {
  const kernels::ConstBytes from = operands.host(operand);
  const kernels::Bytes to = operands.room(operand).take(from.size());
  std::size_t written = 0;
  for (const Change& change : changes) written += change.operand == operand ? change.bytes : 0;
  // They write to every byte once, or to less: of what is not moved only parts change.
  if (written < from.size()) kernels::copy_bytes(from, to);
  for (const Change& change : changes) {
    if (change.operand != operand) continue;
    kernels::copy_bytes(from.subspan(change.from, change.bytes),
                        to.subspan(change.offset, change.bytes));
  }
  return to;
}

}  // namespace

ChangedInputs::ChangedInputs(HostOperands& operands, const std::vector<Change>& changes)
    : operands_(operands),
      moved_(moved_operand(changes)),
      others_(operands, patches_of(operands, changes, moved_)) {
  if (moved_) copy_ = changed_copy(operands, changes, *moved_);
}

kernels::ConstBytes ChangedInputs::bytes(std::uint32_t operand) const {
  return operand == moved_ ? copy_ : kernels::ConstBytes(operands_.host(operand));
}

ChangedHost::ChangedHost(HostOperands& operands, std::vector<Patch> patches)
    : operands_(operands), patches_(std::move(patches)) {
  swap();
}

/// In the opposite order the second time, because patches may overlap.
void ChangedHost::swap() {
  for (Patch& patch : patches_) {
    const auto host = operands_.host(patch.operand).subspan(patch.offset, patch.bytes.size());
    kernels::swap_bytes(patch.bytes, host);
  }
  std::ranges::reverse(patches_);
}

}  // namespace assay::harness::measure
