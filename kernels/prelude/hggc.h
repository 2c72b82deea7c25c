// The portable words (README.md) in HGGC C++ (T-Head), which copies CUDA C++. Its inline assembly
// is TIX, not PTX, so none of cuda.h's is used.
#include "cuda_shaped.h"
