// The Lt interface of the vendor's BLAS: descriptors, and the search among its heuristics' answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "backends/cudalike/device.h"
#include "backends/cudalike/gemm.h"
#include "backends/cudalike/kept_plans.h"
#include "backends/cudalike/library_session.h"

namespace assay::backends::cudalike {

/// cuBLAS recommends 32 MiB on its newest devices (cublasSetWorkspace); more lets split-K compete.
inline constexpr std::uint64_t kLtWorkspace = 64 << 20;

struct LtPlan;

class BlasLtSession : public LibrarySession<BlasLtApi> {
 public:
  /// Null with the reason where the library is absent or cannot be used.
  static std::unique_ptr<BlasLtSession> open(Device& device, std::string& reason);
  std::string version() const;
  std::shared_ptr<const LtPlan> plan(const kernels::MatmulShape& shape, Accumulation accumulation);

 private:
  BlasLtSession() = default;
  KeptPlans<const LtPlan> plans_;
};

/// A descriptor with the call that destroys it.
class Descriptor {
 public:
  Descriptor() = default;
  ~Descriptor() {
    if (made_ != nullptr) destroy_(made_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void** out(int (*destroy)(void*)) {
    destroy_ = destroy;
    return &made_;
  }
  void* get() const { return made_; }

 private:
  void* made_ = nullptr;
  int (*destroy_)(void*) = nullptr;
};

/// One of the heuristics' answers.
struct Candidate {
  std::vector<std::byte> algorithm;
  std::uint64_t workspace = 0;
};

/// A product as the Lt interface describes it.
class LtProduct {
 public:
  LtProduct(BlasLtSession& session, const kernels::MatmulShape& shape, Accumulation accumulation);

  /// The heuristics' best, in their order; empty where the library offers none.
  std::vector<Candidate> candidates(std::uint64_t workspace_limit) const;
  void launch(const std::byte* a, const std::byte* b, std::byte* c, const Candidate& candidate,
              std::byte* workspace, Stream stream) const;
  const Gemm& as_gemm() const { return gemm_; }

 private:
  void describe(const kernels::MatmulShape& shape, Accumulation accumulation);
  void layout(Descriptor& to, int type, std::int64_t rows, std::int64_t columns,
              std::int64_t stride, std::int64_t elements, std::int64_t batch);

  BlasLtSession& session_;
  const BlasLtNumbers& numbers_;
  Gemm gemm_;
  Scalars scalars_;
  Descriptor product_, first_, second_, source_, result_;
  bool narrow_result_;
};

/// A product with what the heuristics propose for it.
struct LtPlan {
  LtPlan(BlasLtSession& session, const kernels::MatmulShape& shape, Accumulation accumulation)
      : product(session, shape, accumulation), candidates(product.candidates(kLtWorkspace)) {}
  LtProduct product;
  std::vector<Candidate> candidates;
};

}  // namespace assay::backends::cudalike
