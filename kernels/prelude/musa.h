// The portable words in MUSA C++ (Moore Threads), which copies CUDA C++.
#include "cuda_shaped.h"
