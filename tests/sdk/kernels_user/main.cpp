// Prints the operands of each rank of an all-reduce, as a vendor's prepare() receives them.
#include <cstdio>

#include "backends/shared/parsed_problem.h"

int main() {
  const auto problem = assay::backends::parsed("all_reduce n=64 type=f32 ranks=4");
  for (std::int64_t rank = 0; rank < 4; ++rank) {
    for (const auto& operand : assay::backends::operands_of(problem, rank)) {
      std::printf("rank %d: %s %d bytes\n", static_cast<int>(rank), operand.name.c_str(),
                  static_cast<int>(operand.bytes()));
    }
  }
}
