#include "backends/cudalike/dialect.h"

#include <algorithm>
#include <stdexcept>

namespace assay::backends::cudalike {
namespace {

/// Calls whose later form has the same parameters and another symbol. The older symbol, where both
/// exist, takes other types.
bool has_second_version(std::string_view name) {
  static constexpr std::array kNames = {
      "cuDeviceTotalMem", "cuDeviceGetUuid", "cublasCreate",
      "cublasDestroy",    "cublasSetStream", "cublasSetWorkspace",
      "cublasGetVersion", "nvmlInit",        "nvmlDeviceGetHandleByPciBusId"};
  return std::ranges::find(kNames, name) != kNames.end();
}

std::string renamed(const Dialect& dialect, std::string_view name) {
  const std::pair<std::string_view, const std::string*> prefixes[] = {
      {"cublasLt", &dialect.blas_lt_prefix}, {"cublas", &dialect.blas_prefix},
      {"nvrtc", &dialect.compiler_prefix},   {"cudnn", nullptr},
      {"nccl", &dialect.collectives_prefix}, {"nvml", &dialect.sensors_prefix},
      {"cuda", &dialect.runtime_prefix},     {"cu", &dialect.driver_prefix}};
  for (const auto& [prefix, own] : prefixes) {
    if (!name.starts_with(prefix)) continue;
    if (own == nullptr) break;
    return *own + std::string(name.substr(prefix.size()));
  }
  return std::string(name);
}

}  // namespace

const Dialect& find_dialect(std::string_view name) {
  for (const Dialect* one : dialects()) {
    if (one->name == name) return *one;
  }
  throw std::logic_error("there is no dialect " + std::string(name));
}

Texts symbol_names(const Dialect& dialect, std::string_view name) {
  if (const auto irregular = dialect.names.find(name); irregular != dialect.names.end()) {
    return irregular->second;
  }
  std::string own = renamed(dialect, name);
  if (has_second_version(name)) return {own + "_v2", own};
  return {own};
}

}  // namespace assay::backends::cudalike
