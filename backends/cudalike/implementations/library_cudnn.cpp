// Attention by cuDNN's fused engines, through its graph interface; the heuristics' first plans are
// timed when the problem is made ready, and the fastest is kept.
#include <fmt/format.h>

#include <exception>
#include <limits>
#include <optional>

#include "backends/cudalike/attention_graph.h"
#include "backends/cudalike/gemm.h"
#include "backends/cudalike/implementation.h"
#include "kernels/attention/shape.h"

namespace assay::backends::cudalike::library_cudnn {

extern const Implementation implementation;

namespace {

using kernels::AttentionShape;

constexpr std::size_t kPlans = 4;

class CudnnWork final : public Work {
 public:
  CudnnWork(AttentionSession& session, const AttentionShape& shape,
            std::span<Buffer* const> buffers, Device& device)
      : session_(session),
        scale_(static_cast<float>(shape.scale())),
        shift_(static_cast<std::int32_t>(shape.skv - shape.sq)) {
    std::string why;
    kept_ = session.plans(shape);
    plans_ = kept_->first(kPlans, why);
    if (plans_.empty()) throw sdk::Failure(ASSAY_UNSUPPORTED, why);
    std::int64_t most = 0;
    for (const GraphDescriptor& plan : plans_) {
      most = std::max(most, plan_workspace(session.api(), plan));
    }
    if (most > 0) workspace_ = device.allocate(static_cast<std::uint64_t>(most));
    bind_pointers(shape, buffers);
    choose_plan(device);
  }

  void launch() override {
    session_.api().execute(session_.handle(), plans_[chosen_].get(), pack_->get());
  }

  std::map<std::string, std::string> details() const override {
    std::map<std::string, std::string> all = {
        {"library", session_.path()},
        {"library.version", session_.version()},
        {"routine", "cudnnBackendExecute of a fused attention graph"},
        {"algorithm.candidate", fmt::format("{} of {}", chosen_ + 1, plans_.size())},
        {"algorithm.refused", std::to_string(refused_)},
        {"algorithm.chosen_seconds", fmt::format("{:.4e}", best_seconds_)},
        {"workspace_bytes", std::to_string(plan_workspace(session_.api(), plans_[chosen_]))}};
    if (const std::string set = blas_environment(); !set.empty()) all["environment"] = set;
    return all;
  }

 private:
  void bind_pointers(const AttentionShape& shape, std::span<Buffer* const> buffers) {
    std::vector<std::int64_t> ids = {kQuery, kKey, kValue, kOutput, kScale};
    std::vector<void*> pointers = {buffers[0]->data(), buffers[1]->data(), buffers[2]->data(),
                                   buffers[3]->data(), &scale_};
    if (shape.causal && shape.sq > 1) {
      ids.push_back(kMasked);
      pointers.push_back(&masked_);
      if (shape.skv != shape.sq) {
        ids.push_back(kShift);
        pointers.push_back(&shift_);
      }
    }
    pack_.emplace(session_.api(), graph::kVariantPack);
    const auto count = static_cast<std::int64_t>(ids.size());
    void* const workspace = workspace_ ? workspace_->data() : nullptr;
    pack_->set(graph::kPackPointers, graph::kPointer, count, pointers.data());
    pack_->set(graph::kPackIds, graph::kInt64, count, ids.data());
    pack_->set(graph::kPackWorkspace, graph::kPointer, 1, &workspace);
    pack_->finalize();
  }

  /// A plan that fails when it is launched leaves the others; throws what the first one threw where
  /// none is left, as where the device itself has failed.
  void choose_plan(Device& device) {
    std::size_t best = 0;
    std::exception_ptr first;
    for (chosen_ = 0; chosen_ < plans_.size(); ++chosen_) {
      double seconds = 0;
      try {
        seconds = quick_seconds(device.timing(), *this);
      } catch (const sdk::Failure&) {
        if (first == nullptr) first = std::current_exception();
        ++refused_;
        continue;
      }
      if (best_seconds_ != 0 && seconds >= best_seconds_) continue;
      best_seconds_ = seconds;
      best = chosen_;
    }
    if (best_seconds_ == 0) std::rethrow_exception(first);
    chosen_ = best;
  }

  AttentionSession& session_;
  float scale_;
  float masked_ = -std::numeric_limits<float>::infinity();
  std::int32_t shift_;
  std::shared_ptr<AttentionPlans> kept_;
  std::span<const GraphDescriptor> plans_;
  std::optional<GraphDescriptor> pack_;
  std::unique_ptr<Buffer> workspace_;
  std::size_t chosen_ = 0, refused_ = 0;
  double best_seconds_ = 0;
};

std::string why_not(const kernels::Problem& problem, Device& device) {
  const AttentionShape shape = kernels::attention_shape(problem);
  std::string reason;
  AttentionSession* const session = device.attention(reason);
  if (session == nullptr) return reason;
  if (reason = why_no_attention_graph(shape); !reason.empty()) return reason;
  if (!device.computes(name(shape.type))) {
    return fmt::format("{} does not compute {}", device.description().name, name(shape.type));
  }
  if (!session->plans(shape)->first(1, reason).empty()) return {};
  return reason;
}

std::unique_ptr<Work> prepare(const kernels::Problem& problem, std::span<Buffer* const> buffers,
                              Device& device) {
  std::string reason;
  AttentionSession* const session = device.attention(reason);
  if (session == nullptr) throw sdk::Failure(ASSAY_UNSUPPORTED, reason);
  return std::make_unique<CudnnWork>(*session, kernels::attention_shape(problem), buffers, device);
}

}  // namespace

const Implementation implementation = {[](const Dialect& dialect) {
                                         return std::string(dialect.libraries.attention.empty()
                                                                ? "library/attention"
                                                                : "library/cudnn");
                                       },
                                       "library", "attention", why_not, prepare};

}  // namespace assay::backends::cudalike::library_cudnn
