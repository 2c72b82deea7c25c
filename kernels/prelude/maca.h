// The portable words (README.md) in MACA C++ (MetaX), which copies CUDA C++.
#include "cuda_shaped.h"
