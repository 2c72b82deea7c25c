#include "harness/measure/host_operands.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

#include "kernels/error.h"

namespace assay::harness::measure {
namespace {

using results::process::Descriptor;
using results::process::SharedMemory;

kernels::Problem large() {
  return kernels::Problem::parse("triad n=100000 type=f32 seed=2");
}

kernels::Problem small() {
  return kernels::Problem::parse("triad n=3000 type=f32 seed=3");
}

void make(HostOperands& operands, const kernels::Problem& problem) {
  results::record::Phases phases;
  operands.make(problem, {}, phases);
}

bool are_equal(kernels::ConstBytes a, kernels::ConstBytes b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

TEST(HostOperands, AreTheSameInTheMemoryOfThoseBefore) {
  HostOperands used, fresh;
  make(used, large());
  used.poison();
  used.take_outputs();
  const std::byte* const inputs = used.inputs().bytes().data();
  const std::byte* const outputs = used.outputs().bytes().data();
  const std::uint64_t number = used.number();
  make(used, small());
  make(fresh, small());
  EXPECT_EQ(used.inputs().bytes().data(), inputs);
  EXPECT_EQ(used.outputs().bytes().data(), outputs);
  EXPECT_NE(used.number(), number);
  EXPECT_EQ(used.input_hash(), fresh.input_hash());
  for (HostOperands* const one : {&used, &fresh}) {
    one->poison();
    EXPECT_EQ(one->overrun(), "");
    one->take_outputs();
  }
  EXPECT_EQ(used.output_hash(), fresh.output_hash());
  const auto arrays = used.arrays(), expected = fresh.arrays();
  ASSERT_EQ(arrays.size(), 3u);
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    EXPECT_TRUE(are_equal(arrays[i], expected[i])) << i;
  }
}

TEST(HostOperands, ThatAreLargerGetNewMemory) {
  HostOperands operands, fresh;
  make(operands, small());
  make(operands, large());
  make(fresh, large());
  EXPECT_GE(operands.inputs().bytes().size(), 800000u);
  EXPECT_EQ(operands.input_hash(), fresh.input_hash());
}

TEST(HostOperands, CannotBeChangedByOthersInKeptMemoryEither) {
  HostOperands operands;
  for (const kernels::Problem& problem : {large(), small()}) {
    make(operands, problem);
    const std::size_t bytes = operands.layout().input_bytes;
    const SharedMemory seen(Descriptor(dup(operands.inputs().descriptor())), bytes,
                            SharedMemory::Access::read);
    EXPECT_TRUE(are_equal(seen.bytes(), operands.inputs().bytes().first(bytes)));
    EXPECT_THROW(SharedMemory(Descriptor(dup(operands.inputs().descriptor())), bytes,
                              SharedMemory::Access::write),
                 Error);
  }
}

TEST(HostOperands, TellOutputsFromThoseTaken) {
  HostOperands operands;
  make(operands, small());
  operands.poison();
  operands.take_outputs();
  EXPECT_TRUE(operands.outputs_are_as_taken());
  std::byte& last = operands.shared({2, 11999, 1}).front();
  last ^= std::byte{1};
  EXPECT_FALSE(operands.outputs_are_as_taken());
  operands.take_outputs();
  EXPECT_TRUE(operands.outputs_are_as_taken());
  EXPECT_EQ(operands.overrun(), "");
  operands.shared({2, 12000 + kGuardBytes - 1, 1}).front() = std::byte{0};
  EXPECT_NE(operands.overrun(), "");
  EXPECT_TRUE(operands.outputs_are_as_taken()) << "the guard is no output";
}

}  // namespace
}  // namespace assay::harness::measure
