#include "backends/cudalike/lt_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <optional>

#include "backends/cudalike/blas_lt.h"
#include "kernels/matmul/accumulator.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::cudalike {
namespace {

using kernels::MatmulShape;

/// Candidates of a storage are tried until this much time is spent on them; the first always is.
constexpr double kSearchSeconds = 1;

std::string hexadecimal(const std::vector<std::byte>& bytes) {
  std::size_t length = bytes.size();
  while (length > 1 && bytes[length - 1] == std::byte{0}) --length;
  std::string text;
  for (std::size_t i = 0; i < length; ++i) {
    text += fmt::format("{:02x}", std::to_integer<unsigned>(bytes[i]));
  }
  return text;
}

/// B as n x k (stored transposed), where it was k x n.
template <std::size_t Size>
void transpose(const std::byte* in, std::byte* out, const MatmulShape& s) {
  constexpr std::int64_t kTile = 64;
  for (std::int64_t i = 0; i < s.k; i += kTile) {
    for (std::int64_t j = 0; j < s.n; ++j) {
      for (std::int64_t k = i; k < std::min(i + kTile, s.k); ++k) {
        std::memcpy(out + static_cast<std::size_t>(j * s.k + k) * Size,
                    in + static_cast<std::size_t>(k * s.n + j) * Size, Size);
      }
    }
  }
}

std::unique_ptr<Buffer> turned(const Buffer& b, const MatmulShape& s, Device& device) {
  const auto each = static_cast<std::size_t>(bytes_of(s.b, s.k * s.n));
  const auto all = each * static_cast<std::size_t>(s.batch);
  auto packed = device.allocate(all);
  std::vector<std::byte> in(all), out(all);
  device.download(b, 0, in.data(), all);
  for (std::size_t at = 0; at < all; at += each) {
    const auto of_size = bits_of(s.b) == 8 ? transpose<1> : transpose<4>;
    of_size(in.data() + at, out.data() + at, s);
  }
  device.upload(*packed, 0, out.data(), all);
  return packed;
}

/// The problem with B's storage turned. 8-bit floats have no other, cuBLASLt's int8 kernels for the
/// storage as it is are old (2.1 times slower on GB300: pytorch#187094), and wgmma reads tf32 only
/// along k (PTX ISA, "Asynchronous warpgroup-level matrix shared memory layout").
std::optional<MatmulShape> repacked(const MatmulShape& shape) {
  const bool depends = bits_of(shape.a) == 8 || name(shape.a) == "tf32";
  if (!depends || shape.transpose_a || shape.transpose_b) return std::nullopt;
  MatmulShape other = shape;
  other.transpose_b = true;
  return other;
}

/// One storage of B, and the fastest of the heuristics' candidates for it.
struct Storage {
  std::shared_ptr<const LtPlan> plan;
  std::unique_ptr<Buffer> packed;  ///< null: B as it is
  const std::byte* b = nullptr;
  Candidate chosen;
  std::size_t place = 0, tried = 0, refused = 0;
  double first_seconds = 0, best_seconds = 0;

  /// As cuBLAS names it: of the first matrix, which is our B, then of the second.
  std::string name() const {
    const auto letter = [](int operation) {
      return operation == platform().dialect().blas.transpose ? 'T' : 'N';
    };
    const Gemm& gemm = plan->product.as_gemm();
    return {letter(gemm.first_operation), letter(gemm.second_operation)};
  }
};

/// How the unit adds up products of 8-bit floats; empty for other types. Ada and Hopper keep 13
/// bits of the fraction; without fast accumulation the sum goes to an f32 one "periodically"
/// (cuBLAS, CUBLASLT_MATMUL_DESC_FAST_ACCUM, which names these two), on Hopper every 128 products
/// (DeepSeek-V3, arXiv 2412.19437, 3.3.2).
std::string accumulator_of(const MatmulShape& shape, const Device& device,
                           Accumulation accumulation) {
  if (!is_8_bit_float(shape.a) || !has_fast_accumulation(device)) {
    return is_8_bit_float(shape.a) ? "f32" : "";
  }
  const bool fast = accumulation == Accumulation::fast;
  return kernels::accumulator_text({.fraction_bits = 13, .promoted_every = fast ? 0 : 128});
}

class LtWork final : public Work {
 public:
  LtWork(BlasLtSession& session, const MatmulShape& shape, std::span<Buffer* const> buffers,
         Device& device, Accumulation accumulation)
      : session_(session),
        accumulation_(accumulation),
        accumulator_(accumulator_of(shape, device, accumulation)),
        stream_(device.stream()),
        a_(buffers[0]->data()),
        c_(buffers[2]->data()),
        workspace_(std::make_unique<Buffer>(kLtWorkspace, stream_)) {
    Storage given;
    given.plan = session.plan(shape, accumulation);
    given.b = buffers[1]->data();
    attempt(std::move(given), device);
    if (const auto other = repacked(shape)) attempt_turned(*other, shape, *buffers[1], device);
    if (storage_.best_seconds == 0) {
      throw sdk::Failure(ASSAY_UNSUPPORTED, refusal_.empty()
                                                ? "the library offers no algorithm for this problem"
                                                : refusal_);
    }
    if (storage_.chosen.workspace == 0) workspace_.reset();
  }

  void launch() override { launch(storage_); }

  std::map<std::string, std::string> details() const override {
    std::map<std::string, std::string> all = {
        {"library", session_.path()},
        {"library.version", session_.version()},
        {"routine", session_.api().matmul.name},
        {"algorithm", hexadecimal(storage_.chosen.algorithm)},
        {"algorithm.candidate", fmt::format("{} of {}, {} tried", storage_.place + 1,
                                            storage_.plan->candidates.size(), storage_.tried)},
        {"algorithm.refused", std::to_string(storage_.refused)},
        {"algorithm.first_candidate_seconds", fmt::format("{:.4e}", storage_.first_seconds)},
        {"algorithm.chosen_seconds", fmt::format("{:.4e}", storage_.best_seconds)},
        {"workspace_bytes", std::to_string(storage_.chosen.workspace)},
        {"compute_type", std::to_string(storage_.plan->product.as_gemm().types.compute)},
        {"storage", storage_.name()},
        {"storage.tried", attempts_},
        {"packing", storage_.packed ? "B, transposed outside the timed region" : "none"}};
    if (!accumulator_.empty()) all["accumulator"] = accumulator_;
    describe_algorithm(all);
    if (const std::string set = blas_environment(); !set.empty()) all["environment"] = set;
    return all;
  }

 private:
  /// A storage while its candidates are timed.
  class Attempt final : public Work {
   public:
    Attempt(LtWork& work, const Storage& storage) : work_(work), storage_(storage) {}
    void launch() override { work_.launch(storage_); }

   private:
    LtWork& work_;
    const Storage& storage_;
  };

  void launch(const Storage& storage) {
    storage.plan->product.launch(a_, storage.b, c_, storage.chosen,
                                 workspace_ ? workspace_->data() : nullptr, stream_);
  }

  void attempt_turned(const MatmulShape& other, const MatmulShape& shape, const Buffer& b,
                      Device& device) {
    Storage storage;
    storage.plan = session_.plan(other, accumulation_);
    if (storage.plan->candidates.empty()) return attempt(std::move(storage), device);
    try {
      storage.packed = turned(b, shape, device);
    } catch (const sdk::Failure& failure) {
      if (storage_.best_seconds == 0 || failure.status() != ASSAY_OUT_OF_MEMORY) throw;
      say(storage, "no memory");
      return;
    }
    storage.b = storage.packed->data();
    attempt(std::move(storage), device);
  }

  /// Times a storage's candidates, and keeps it where it is faster than the one kept so far.
  void attempt(Storage storage, Device& device) {
    if (storage.plan->candidates.empty()) return say(storage, "no algorithm");
    choose_candidate(storage, device);
    if (storage.best_seconds == 0) return say(storage, "refused");
    say(storage, fmt::format("{:.4e} s", storage.best_seconds));
    if (storage_.best_seconds == 0 || storage.best_seconds < storage_.best_seconds) {
      storage_ = std::move(storage);
    }
  }

  void say(const Storage& storage, const std::string& outcome) {
    attempts_ += fmt::format("{}{} {}", attempts_.empty() ? "" : ", ", storage.name(), outcome);
  }

  void choose_candidate(Storage& storage, Device& device) {
    const std::vector<Candidate>& all = storage.plan->candidates;
    Attempt trial(*this, storage);
    double spent = 0;
    for (std::size_t i = 0; i < all.size() && spent < kSearchSeconds; ++i, ++storage.tried) {
      storage.chosen = all[i];
      double seconds = 0;
      try {
        const int launches = storage.best_seconds > kSearchSeconds / 100 ? 1 : 5;
        seconds = quick_seconds(device.timing(), trial, launches);
        spent += seconds * (launches + 1);
      } catch (const sdk::Failure& failure) {
        if (failure.status() != ASSAY_UNSUPPORTED) throw;
        refusal_ = failure.what();
        ++storage.refused;
        continue;
      }
      if (i == 0) storage.first_seconds = seconds;
      if (storage.best_seconds != 0 && seconds >= storage.best_seconds) continue;
      storage.best_seconds = seconds;
      storage.place = i;
    }
    storage.chosen = all[storage.place];
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
      if (get.status(storage_.chosen.algorithm.data(), attribute, &value, sizeof value, &written) ==
          0) {
        all[key] = std::to_string(value);
      }
    }
  }

  BlasLtSession& session_;
  Accumulation accumulation_;
  std::string accumulator_;
  Stream stream_;
  std::byte *a_, *c_;
  std::unique_ptr<Buffer> workspace_;
  Storage storage_;  ///< the fastest
  std::string attempts_, refusal_;
};

}  // namespace

bool has_fast_accumulation(const Device& device) {
  const int capability = device.capability();
  return platform().dialect().blas_lt.fast_accumulation >= 0 &&
         (capability == 89 || capability == 90);
}

std::string why_no_lt(const kernels::Problem& problem, Device& device, Accumulation accumulation) {
  const MatmulShape shape = kernels::matmul_shape(problem);
  std::string reason;
  BlasLtSession* const session = device.blas_lt(reason);
  if (session == nullptr) return reason;
  if (reason = why_no_scales(shape); !reason.empty()) return reason;
  if (!device.computes(name(shape.a))) {
    return fmt::format("{} does not compute {}", device.description().name, name(shape.a));
  }
  if (accumulation == Accumulation::fast && !has_fast_accumulation(device)) {
    return "it has one way to accumulate products of 8-bit floats";
  }
  if (reason = why_no_gemm(platform().dialect(), shape); !reason.empty()) return reason;
  if (!session->plan(shape, accumulation)->candidates.empty()) return {};
  const auto other = repacked(shape);
  if (other && !session->plan(*other, accumulation)->candidates.empty()) return {};
  return fmt::format("{} offers no algorithm for it", session->api().heuristic.name);
}

std::unique_ptr<Work> lt_work(const kernels::Problem& problem, std::span<Buffer* const> buffers,
                              Device& device, Accumulation accumulation) {
  std::string reason;
  BlasLtSession* const session = device.blas_lt(reason);
  if (session == nullptr) throw sdk::Failure(ASSAY_UNSUPPORTED, reason);
  return std::make_unique<LtWork>(*session, kernels::matmul_shape(problem), buffers, device,
                                  accumulation);
}

std::string lt_name(const Dialect& dialect) {
  std::string name = dialect.blas_lt_prefix;
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return "library/" + name;
}

}  // namespace assay::backends::cudalike
