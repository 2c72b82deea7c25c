// The portable words (README.md) in MUSA C++ (Moore Threads), which copies CUDA C++.
#include "cuda_shaped.h"
