// The portable words in MACA C++ (MetaX), which copies CUDA C++.
#include "cuda_shaped.h"
