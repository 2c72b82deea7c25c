#include "harness/conformance/trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "harness/conformance/subject.h"
#include "harness/measure/entropy.h"
#include "kernels/checking.h"
#include "kernels/error.h"
#include "kernels/input.h"

namespace assay::harness::conformance {
namespace {

using kernels::Bytes;
using kernels::ConstBytes;
using kernels::Field;
using kernels::FieldKind;
using kernels::Operand;
using kernels::Operation;
using kernels::Problem;
using kernels::Role;

constexpr std::size_t kGuardBytes = 256;
constexpr std::byte kGuard{0x5a};
/// Sizes large enough for every path of a blocked kernel, and small enough for the FP64 reference.
constexpr double kMaximumFlop = 2e7, kMaximumTrialBytes = 8e6;

/// One operand, on the device with guard bytes behind it, and on the host.
struct Array {
  Operand operand;
  std::vector<std::byte> host;  ///< an input as sent, an output as last downloaded
  DeviceBuffer device;

  bool output() const { return operand.role == Role::output; }
  std::vector<std::byte> with_guard() const {
    std::vector<std::byte> all = host;
    all.resize(host.size() + kGuardBytes, kGuard);
    return all;
  }
};

std::vector<Array> make_arrays(Subject& subject, const Problem& problem) {
  std::vector<Array> arrays;
  for (const Operand& operand : problem.operation().operands(problem)) {
    const auto bytes = static_cast<std::size_t>(operand.bytes());
    Array array{operand, std::vector<std::byte>(bytes), DeviceBuffer(subject, bytes + kGuardBytes)};
    if (!array.output()) {
      kernels::generate(problem, static_cast<int>(arrays.size()), 0, Bytes(array.host));
    }
    array.device.upload(array.with_guard());
    arrays.push_back(std::move(array));
  }
  return arrays;
}

void poison_outputs(std::vector<Array>& arrays) {
  for (Array& array : arrays) {
    if (!array.output()) continue;
    kernels::poison(array.operand.type, Bytes(array.host));
    array.device.upload(array.with_guard());
  }
}

/// Downloads the outputs. Returns which other memory was changed.
std::string bring_back(std::vector<Array>& arrays) {
  std::string disturbed;
  for (Array& array : arrays) {
    const auto all = array.device.download(array.host.size() + kGuardBytes);
    const auto behind = all.begin() + static_cast<std::ptrdiff_t>(array.host.size());
    if (std::any_of(behind, all.end(), [](std::byte b) { return b != kGuard; })) {
      disturbed = fmt::format("written past the end of operand {}", array.operand.name);
    }
    if (array.output()) {
      std::copy(all.begin(), behind, array.host.begin());
    } else if (!std::equal(array.host.begin(), array.host.end(), all.begin())) {
      disturbed = fmt::format("input {} was changed", array.operand.name);
    }
  }
  return disturbed;
}

/// What is wrong or suspicious. What is looked at is drawn only now, after the download.
std::string wrongness(const Problem& problem, const std::vector<Array>& arrays) {
  std::vector<ConstBytes> spans;
  for (const Array& array : arrays) spans.emplace_back(array.host);
  kernels::CheckOptions options;
  options.seed = measure::entropy();
  const kernels::Check check = problem.operation().check(problem, spans, options);
  if (check.outcome == kernels::Outcome::right) return {};
  return fmt::format("{} by {}: {} (seed {} of the check)", name(check.outcome), check.method,
                     check.where, options.seed);
}

std::vector<std::vector<std::byte>> outputs_of(const std::vector<Array>& arrays) {
  std::vector<std::vector<std::byte>> out;
  for (const Array& array : arrays) {
    if (array.output()) out.push_back(array.host);
  }
  return out;
}

/// Launches with poisoned outputs. Returns why it failed, else "".
std::string launch(Subject& subject, assay_executable* executable, std::vector<Array>& arrays,
                   std::uint32_t hot, std::uint32_t cold) {
  poison_outputs(arrays);
  std::vector<assay_launch> timings(hot + cold);
  assay_status status = subject.table().run(executable, hot, ASSAY_HOT, timings.data());
  if (status == ASSAY_OK && cold > 0) {
    status = subject.table().run(executable, cold, ASSAY_COLD, timings.data() + hot);
  }
  return status == ASSAY_OK ? "" : "launching: " + subject.words(status);
}

/// Launches by themselves after the first ones, for work that is done in some launches only.
constexpr int kSingleLaunches = 10;

/// Launches once and once more, as often as that. Returns what is wrong with the first result that
/// has other bits than `right`.
std::string judge_singly(Subject& subject, const Problem& problem, assay_executable* executable,
                         std::vector<Array>& arrays,
                         const std::vector<std::vector<std::byte>>& right) {
  for (int i = 0; i < kSingleLaunches; ++i) {
    std::string wrong = launch(subject, executable, arrays, 1, 0);
    if (!wrong.empty()) return wrong;
    bring_back(arrays);
    if (outputs_of(arrays) != right) wrong = wrongness(problem, arrays);
    if (!wrong.empty()) return wrong;
  }
  return {};
}

/// Fills the inputs that may change after prepare() as another seed does. Returns whether there is
/// one.
bool change_inputs(const Problem& problem, std::vector<Array>& arrays) {
  const Operation& operation = problem.operation();
  constexpr std::string_view kSeed = " seed=1";
  std::string text = problem.text();
  const std::size_t at = text.find(kSeed);
  if (operation.roof == kernels::Roof::link || operation.collective || at == text.npos)
    return false;
  const Problem other = Problem::parse(text.replace(at, kSeed.size(), " seed=2"));
  bool changed = false;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    Array& array = arrays[i];
    if (array.output() || array.operand.weights || array.operand.fill != nullptr) continue;
    kernels::generate(other, static_cast<int>(i), 0, Bytes(array.host));
    array.device.upload(array.with_guard());
    changed = true;
  }
  return changed;
}

void launch_and_judge(Subject& subject, const Problem& problem, assay_executable* executable,
                      std::vector<Array>& arrays, Trial& trial) {
  trial.wrong = launch(subject, executable, arrays, 1, 0);
  if (!trial.wrong.empty()) return;
  trial.launched = true;
  trial.disturbed = bring_back(arrays);
  trial.wrong = wrongness(problem, arrays);
  const auto before = outputs_of(arrays);
  trial.wrong_again = launch(subject, executable, arrays, 2, 2);
  if (!trial.wrong_again.empty()) return;
  if (const std::string more = bring_back(arrays); !more.empty()) trial.disturbed = more;
  trial.same_bits = outputs_of(arrays) == before;
  if (!trial.same_bits) trial.wrong_again = wrongness(problem, arrays);
  if (trial.wrong_again.empty()) {
    trial.wrong_again = judge_singly(subject, problem, executable, arrays, before);
  }
  if (!trial.wrong.empty() || !trial.wrong_again.empty()) return;
  trial.changed = change_inputs(problem, arrays);
  if (!trial.changed) return;
  trial.wrong_changed = launch(subject, executable, arrays, 1, 0);
  if (!trial.wrong_changed.empty()) return;
  bring_back(arrays);
  trial.wrong_changed = wrongness(problem, arrays);
}

std::string drawn(const Field& field, kernels::Draws& draws) {
  constexpr std::array kSizes = {1,  2,  3,  4,  5,  7,  8,   16,  31,
                                 33, 64, 64, 64, 65, 96, 128, 192, 320};
  switch (field.kind) {
    case FieldKind::dimension:
    case FieldKind::limit:
      return std::to_string(
          kSizes[static_cast<std::size_t>(draws.next(static_cast<std::int64_t>(kSizes.size())))]);
    case FieldKind::seed:
      return "1";
    case FieldKind::type:
    case FieldKind::choice:
      break;
  }
  return std::string(field.choices[static_cast<std::size_t>(
      draws.next(static_cast<std::int64_t>(field.choices.size())))]);
}

/// The FLOP of the problem as tiles compute it, with tiled dimensions of at least a tile: emulators
/// of accelerators take as long for thousands of tiny heads as for large ones.
double tiled_flop(const Operation& operation, const Problem& problem) {
  constexpr std::int64_t kTile = 16;
  std::map<std::string, std::string> fields;
  for (const Field& field : operation.fields) {
    const std::string name(field.name);
    fields[name] = problem.field_text(name);
    if (field.tiled && problem.dimension(name) < kTile) {
      fields[name] = std::to_string(kTile);
    }
  }
  try {
    return operation.work(Problem::make(operation.name, fields)).flop;
  } catch (const InputError&) {
    return operation.work(problem).flop;
  }
}

}  // namespace

std::vector<Problem> small_problems(const Operation& operation, std::size_t most) {
  kernels::Draws draws{2024};
  std::vector<Problem> out;
  std::set<std::string> seen;
  for (int tries = 0; tries < 5000 && out.size() < most; ++tries) {
    std::map<std::string, std::string> fields;
    for (const Field& field : operation.fields) {
      // A field with a default mostly keeps it, because few combinations are valid.
      const bool leave = !field.required() && draws.next(std::int64_t{4}) != 0;
      if (!leave) fields[std::string(field.name)] = drawn(field, draws);
      // The device under test is the only rank, so it has the whole operands.
      if (operation.collective != nullptr && field.name == "ranks") fields["ranks"] = "1";
    }
    try {
      const Problem problem = Problem::make(operation.name, fields);
      const kernels::Work work = operation.work(problem);
      const bool small =
          tiled_flop(operation, problem) <= kMaximumFlop && work.bytes <= kMaximumTrialBytes;
      if (small && seen.insert(problem.text()).second) out.push_back(problem);
    } catch (const InputError&) {
      // The drawn fields do not fit each other.
    }
  }
  return out;
}

Trial try_out(Subject& subject, const Problem& problem, const std::string& implementation) {
  Trial trial{problem.text(), implementation, {}, {}, {}, {}, false, false, true};
  std::vector<Array> arrays = make_arrays(subject, problem);
  std::vector<assay_buffer*> buffers;
  for (const Array& array : arrays) buffers.push_back(array.device.get());
  assay_executable* executable = nullptr;
  try {
    const assay_status status =
        subject.table().prepare(subject.device(), problem.text().c_str(), implementation.c_str(),
                                buffers.data(), buffers.size(), &executable);
    if (status != ASSAY_OK) {
      trial.wrong = "preparing: " + subject.words(status);
      return trial;
    }
    launch_and_judge(subject, problem, executable, arrays, trial);
  } catch (const MissingPrerequisite&) {
    throw;
  } catch (const std::exception& exception) {
    trial.wrong = fmt::format("an exception escaped from the module: {}", exception.what());
  }
  if (executable != nullptr) subject.table().release(executable);
  return trial;
}

}  // namespace assay::harness::conformance
