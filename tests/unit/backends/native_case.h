// Runs a native implementation on a problem and checks the result with the problem's operation.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "backends/cpu/implementation.h"
#include "backends/cpu/native/aligned.h"
#include "backends/cpu/native/targets.h"
#include "hwy/highway.h"
#include "kernels/input.h"
#include "kernels/operation.h"

namespace assay::backends::cpu {

inline Machine& test_machine() {
  static Machine machine(2);
  return machine;
}

/// Highway's targets that this CPU supports, including the fallback.
inline std::vector<std::int64_t> native_targets() {
  std::vector<std::int64_t> targets = {HWY_STATIC_TARGET};
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    if (target != HWY_STATIC_TARGET) targets.push_back(target);
  }
  return targets;
}

/// During its lifetime, native kernels use one target.
class OnTarget {
 public:
  explicit OnTarget(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(target);
  }
  ~OnTarget() {
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
  OnTarget(const OnTarget&) = delete;
  OnTarget& operator=(const OnTarget&) = delete;
};

/// An operand between two write-protected zones.
class GuardedBuffer {
 public:
  explicit GuardedBuffer(std::int64_t bytes)
      : bytes_(static_cast<std::size_t>(bytes)),
        memory_(native::aligned_array<std::byte>(bytes_ + 2 * kGuard)) {
    std::memset(memory_.get(), kMark, bytes_ + 2 * kGuard);
  }

  std::byte* data() const { return memory_.get() + kGuard; }
  kernels::Bytes bytes() const { return {data(), bytes_}; }
  bool intact() const {
    for (std::size_t i = 0; i < kGuard; ++i) {
      if (memory_[i] != std::byte{kMark}) return false;
      if (data()[bytes_ + i] != std::byte{kMark}) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t kGuard = 256;
  static constexpr unsigned char kMark = 0xA5;
  std::size_t bytes_;
  native::AlignedArray<std::byte> memory_;
};

/// Prepares, launches twice and fails the test unless the output is right, the same both times and
/// within its bounds.
inline void expect_right(const Implementation& implementation, const std::string& text,
                         Machine& machine = test_machine()) {
  SCOPED_TRACE(text + " on " + hwy::TargetName(hwy::SupportedTargets() & -hwy::SupportedTargets()));
  const kernels::Problem problem = kernels::Problem::parse(text);
  ASSERT_EQ(implementation.why_not(problem, machine), "");
  const auto operands = problem.operation().operands(problem);
  std::vector<GuardedBuffer> buffers;
  std::vector<std::byte*> pointers;
  std::vector<kernels::ConstBytes> contents;
  for (const kernels::Operand& operand : operands) {
    buffers.emplace_back(operand.bytes());
    const int index = static_cast<int>(buffers.size()) - 1;
    if (operand.role == kernels::Role::input) {
      kernels::generate(problem, index, 0, buffers.back().bytes());
    } else {
      kernels::poison(operand.type, buffers.back().bytes());
    }
    pointers.push_back(buffers.back().data());
    contents.push_back(buffers.back().bytes());
  }
  const auto executable = implementation.prepare(problem, pointers, machine);
  executable->launch();
  executable->bring_back();
  const std::vector<std::byte> first(contents.back().begin(), contents.back().end());
  const kernels::Check check = problem.operation().check(problem, contents, {});
  EXPECT_EQ(check.outcome, kernels::Outcome::right)
      << check.method << ", worst " << check.worst << " at " << check.where;
  executable->launch();
  executable->bring_back();
  EXPECT_EQ(std::memcmp(first.data(), contents.back().data(), first.size()), 0)
      << "the second launch differs";
  for (const GuardedBuffer& buffer : buffers) EXPECT_TRUE(buffer.intact());
  EXPECT_FALSE(executable->details().empty());
}

}  // namespace assay::backends::cpu
