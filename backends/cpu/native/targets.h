// Instruction sets that the native kernels are compiled for. Include before any Highway header.
#pragma once

// Arrays of vectors hold the register tiles, which scalable vectors cannot be elements of; Arm gets
// NEON. SSSE3 differs from the baseline too little to be worth a copy of each kernel.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | HWY_SSSE3)
