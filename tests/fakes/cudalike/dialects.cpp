// Prints the dialects as JSON for the tests in tests/vendors, so that they name no vendor's calls:
// {"nvidia": {"variables": ["CUDA_HOME", …], "runtime": "cuda", "malloc": "cudaMalloc", …}, …}.
// A call or library that a vendor does not have is "".
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "backends/cudalike/dialect.h"

namespace {

using assay::backends::cudalike::Dialect;
using assay::backends::cudalike::Texts;

/// The vendor's first name for a call, where it has a library for it.
std::string call(const Dialect& dialect, const Texts& libraries, const char* nvidias) {
  const Texts names = symbol_names(dialect, nvidias);
  return libraries.empty() || names.empty() ? "" : names.front();
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return text;
}

nlohmann::json json_of(const Dialect& dialect) {
  const auto& libraries = dialect.libraries;
  return {{"variables", dialect.home_variables},
          {"runtime", dialect.runtime_prefix},
          {"runtime_libraries", libraries.runtime},
          {"malloc", call(dialect, libraries.runtime, "cudaMalloc")},
          {"launch", call(dialect, libraries.compiler, "cuLaunchKernel")},
          {"compile", call(dialect, libraries.compiler, "nvrtcCompileProgram")},
          {"gemm", call(dialect, libraries.blas, "cublasGemmEx")},
          {"blas", libraries.blas.empty() ? "" : dialect.blas_prefix},
          {"blas_lt", libraries.blas_lt.empty() ? "" : lower(dialect.blas_lt_prefix)},
          {"blas_lt_libraries", libraries.blas_lt},
          {"integers", !libraries.blas.empty() && dialect.blas.compute_i32 >= 0 &&
                           std::ranges::any_of(
                               dialect.types, [](const auto& type) { return type.first == "i8"; })},
          {"attention", libraries.attention.empty() ? "" : "cudnn"}};
}

}  // namespace

int main() {
  nlohmann::json all = nlohmann::json::object();
  for (const Dialect* one : assay::backends::cudalike::dialects()) {
    all[std::string(one->name)] = json_of(*one);
  }
  std::puts(all.dump(2).c_str());
}
