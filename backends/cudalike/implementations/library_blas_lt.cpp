// Dense products by the Lt interface: each of the heuristics' candidates is timed when the problem
// is made ready, and the fastest is kept and recorded.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "backends/cudalike/blas_lt.h"
#include "backends/cudalike/implementation.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::cudalike::library_blas_lt {

extern const Implementation implementation;

namespace {

using kernels::MatmulShape;

/// Candidates are tried until this much time is spent on them; the first always is.
constexpr double kSearchSeconds = 2;
/// cuBLAS recommends 32 MiB on its newest devices (cublasSetWorkspace); more lets split-K compete.
constexpr std::uint64_t kWorkspace = 64 << 20;

std::string hexadecimal(const std::vector<std::byte>& bytes) {
  std::size_t length = bytes.size();
  while (length > 1 && bytes[length - 1] == std::byte{0}) --length;
  std::string text;
  for (std::size_t i = 0; i < length; ++i) {
    text += fmt::format("{:02x}", std::to_integer<unsigned>(bytes[i]));
  }
  return text;
}

/// B as n x k (stored transposed), where it was k x n; bytes are elements.
std::vector<std::byte> transposed(const std::vector<std::byte>& b, const MatmulShape& s) {
  std::vector<std::byte> to(b.size());
  constexpr std::int64_t kTile = 64;
  for (std::int64_t batch = 0; batch < s.batch; ++batch) {
    const std::byte* const in = b.data() + batch * s.k * s.n;
    std::byte* const out = to.data() + batch * s.k * s.n;
    for (std::int64_t i = 0; i < s.k; i += kTile) {
      for (std::int64_t j = 0; j < s.n; ++j) {
        for (std::int64_t k = i; k < std::min(i + kTile, s.k); ++k) {
          out[j * s.k + k] = in[k * s.n + j];
        }
      }
    }
  }
  return to;
}

/// The problem with B's storage turned, which 8-bit tensor cores ask for.
std::optional<MatmulShape> repacked(const MatmulShape& shape) {
  if (bits_of(shape.a) != 8 || shape.transpose_a || shape.transpose_b) return std::nullopt;
  MatmulShape other = shape;
  other.transpose_b = true;
  return other;
}

class LtWork final : public Work {
 public:
  LtWork(BlasLtSession& session, const MatmulShape& shape, std::span<Buffer* const> buffers,
         Device& device)
      : session_(session),
        shape_(shape),
        stream_(device.stream()),
        a_(buffers[0]->data()),
        b_(buffers[1]->data()),
        c_(buffers[2]->data()) {
    choose_storage(*buffers[1], device);
    workspace_ = std::make_unique<Buffer>(kWorkspace, stream_);
    choose_candidate(device);
    if (chosen_.workspace == 0) workspace_.reset();
  }

  void launch() override {
    product_->launch(a_, b_, c_, chosen_, workspace_ ? workspace_->data() : nullptr, stream_);
  }

  std::map<std::string, std::string> details() const override {
    std::map<std::string, std::string> all = {
        {"library", session_.path()},
        {"library.version", session_.version()},
        {"routine", session_.api().matmul.name},
        {"algorithm", hexadecimal(chosen_.algorithm)},
        {"algorithm.candidate", fmt::format("{} of {}, {} tried", place_ + 1, candidates_, tried_)},
        {"algorithm.refused", std::to_string(refused_)},
        {"algorithm.first_candidate_seconds", fmt::format("{:.4e}", first_seconds_)},
        {"algorithm.chosen_seconds", fmt::format("{:.4e}", best_seconds_)},
        {"workspace_bytes", std::to_string(chosen_.workspace)},
        {"compute_type", std::to_string(product_->as_gemm().types.compute)},
        {"packing", packed_ ? "B, transposed outside the timed region" : "none"}};
    describe_algorithm(all);
    if (const std::string set = blas_environment(); !set.empty()) all["environment"] = set;
    return all;
  }

 private:
  void choose_storage(const Buffer& b, Device& device) {
    product_ = std::make_unique<LtProduct>(session_, shape_);
    if (!product_->candidates(kWorkspace).empty()) return;
    const auto other = repacked(shape_);
    if (!other) return;
    product_ = std::make_unique<LtProduct>(session_, *other);
    std::vector<std::byte> host(static_cast<std::size_t>(shape_.batch * shape_.k * shape_.n));
    device.download(b, 0, host.data(), host.size());
    const std::vector<std::byte> turned = transposed(host, shape_);
    packed_ = device.allocate(turned.size());
    device.upload(*packed_, 0, turned.data(), turned.size());
    b_ = packed_->data();
  }

  void choose_candidate(Device& device) {
    const std::vector<Candidate> all = product_->candidates(kWorkspace);
    candidates_ = all.size();
    std::string last;
    double spent = 0;
    for (std::size_t i = 0; i < all.size() && spent < kSearchSeconds; ++i, ++tried_) {
      chosen_ = all[i];
      double seconds = 0;
      try {
        const int launches = best_seconds_ > kSearchSeconds / 100 ? 1 : 5;
        seconds = quick_seconds(device.timing(), *this, launches);
        spent += seconds * (launches + 1);
      } catch (const sdk::Failure& failure) {
        if (failure.status() != ASSAY_UNSUPPORTED) throw;
        last = failure.what();
        ++refused_;
        continue;
      }
      if (i == 0) first_seconds_ = seconds;
      if (best_seconds_ != 0 && seconds >= best_seconds_) continue;
      best_seconds_ = seconds;
      place_ = i;
    }
    if (best_seconds_ == 0) {
      throw sdk::Failure(ASSAY_UNSUPPORTED,
                         all.empty() ? "the library offers no algorithm for this problem" : last);
    }
    chosen_ = all[place_];
  }

  /// What the algorithm says of itself; names of cublasLtMatmulAlgoConfigAttributes_t.
  void describe_algorithm(std::map<std::string, std::string>& all) const {
    static constexpr std::pair<int, const char*> kAttributes[] = {
        {0, "algorithm.id"},        {1, "algorithm.tile"},    {2, "algorithm.split_k"},
        {3, "algorithm.reduction"}, {4, "algorithm.swizzle"}, {6, "algorithm.stages"}};
    const auto& get = session_.api().algorithm_get;
    if (!get) return;
    for (const auto& [attribute, key] : kAttributes) {
      std::int32_t value = 0;
      std::size_t written = 0;
      if (get.status(chosen_.algorithm.data(), attribute, &value, sizeof value, &written) == 0) {
        all[key] = std::to_string(value);
      }
    }
  }

  BlasLtSession& session_;
  MatmulShape shape_;
  Stream stream_;
  std::byte *a_, *b_, *c_;
  std::unique_ptr<LtProduct> product_;
  std::unique_ptr<Buffer> packed_, workspace_;
  Candidate chosen_;
  std::size_t place_ = 0, candidates_ = 0, tried_ = 0, refused_ = 0;
  double first_seconds_ = 0, best_seconds_ = 0;
};

bool offers_any(BlasLtSession& session, const MatmulShape& shape) {
  return !LtProduct(session, shape).candidates(kWorkspace).empty();
}

std::string why_not(const kernels::Problem& problem, Device& device) {
  const MatmulShape shape = kernels::matmul_shape(problem);
  std::string reason;
  BlasLtSession* const session = device.blas_lt(reason);
  if (session == nullptr) return reason;
  if (!device.computes(name(shape.a))) {
    return fmt::format("{} does not compute {}", device.description().name, name(shape.a));
  }
  if (reason = why_no_gemm(platform().dialect(), shape); !reason.empty()) return reason;
  if (offers_any(*session, shape)) return {};
  const auto other = repacked(shape);
  if (other && offers_any(*session, *other)) return {};
  return fmt::format("{} offers no algorithm for it", session->api().heuristic.name);
}

std::unique_ptr<Work> prepare(const kernels::Problem& problem, std::span<Buffer* const> buffers,
                              Device& device) {
  std::string reason;
  BlasLtSession* const session = device.blas_lt(reason);
  if (session == nullptr) throw sdk::Failure(ASSAY_UNSUPPORTED, reason);
  return std::make_unique<LtWork>(*session, kernels::matmul_shape(problem), buffers, device);
}

}  // namespace

const Implementation implementation = {
    [](const Dialect& dialect) {
      std::string name = dialect.blas_lt_prefix;
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
      return "library/" + name;
    },
    "library", "matmul", why_not, prepare};

}  // namespace assay::backends::cudalike::library_blas_lt
