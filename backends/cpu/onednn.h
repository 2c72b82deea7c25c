// Products of matrices by oneDNN. Its math mode is always strict: the operand types are those asked
// for.
#pragma once

#include <cstddef>
#include <map>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <unordered_map>

#include "backends/cpu/machine.h"
#include "backends/cpu/memory.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::cpu {

/// One product, made ready: launches use the OpenMP pool of the calling thread.
class OneDnnProduct {
 public:
  /// With `weights`, B is packed into the layout that oneDNN chooses, once. Throws assay::Error
  /// where oneDNN has nothing for it; start_openmp_threads() comes before.
  OneDnnProduct(const kernels::MatmulShape& shape, bool weights, std::byte* a, std::byte* b,
                std::byte* c);

  /// Submits it; finished when the stream is.
  void submit(dnnl::stream& stream) { product_.execute(stream, arguments_); }

  std::string algorithm() const { return chosen_.impl_info_str(); }
  /// As oneDNN reports it, because the environment can change its default.
  std::string math_mode() const;
  std::size_t packed_bytes() const { return packed_b_.bytes(); }

 private:
  dnnl::memory pack(dnnl::memory& plain);

  dnnl::matmul::primitive_desc chosen_;
  Memory packed_b_;
  dnnl::matmul product_;
  std::unordered_map<int, dnnl::memory> arguments_;
};

/// The CPU as oneDNN's engine.
dnnl::engine onednn_engine();

/// Why oneDNN has no fast routine for a product on this CPU; empty where it has one.
std::string onednn_why_not(const kernels::MatmulShape& shape, const Machine& machine);

/// What every record of oneDNN's has: version, threads, environment.
std::map<std::string, std::string> onednn_details(const Machine& machine);
/// How B was packed.
std::string onednn_packing(std::size_t packed_bytes);

}  // namespace assay::backends::cpu
