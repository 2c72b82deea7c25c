// How tensor cores round, where that differs from tests/fakes/common/arithmetic.h.
#pragma once

#include <vector>

#include "tests/fakes/common/arithmetic.h"

namespace assay::fakes {

/// C = A B as tensor cores of Ada and Hopper sum products of 8-bit floats; without promotion to an
/// f32 sum where it is fast.
void multiply_narrowly(const Matrix& a, const Matrix& b, const Matrix& c, bool fast);

/// The nearest values with 10 bits behind the point, as a product in TF32 takes them.
void round_to_tf32(std::vector<float>& values);

}  // namespace assay::fakes
