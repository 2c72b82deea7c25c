#include "backends/mpi/executable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "backends/sdk/description.h"

namespace assay::backends::mpi {
namespace {

constexpr double kShortestLead = 100e-6, kLongestLead = 5e-3;
constexpr double kLateShare = 0.01, kLateAnyway = 1e-6;
constexpr int kAttempts = 3;
/// After this many launches, if half of them were late in spite of all attempts, they are not
/// repeated: there are more ranks than cores.
constexpr std::uint32_t kEnoughToGiveUp = 16;
/// Clocks of different hosts drift by microseconds per second.
constexpr double kSynchronisedFor = 1.0;

}  // namespace

Executable::Executable(const Group& group, SharedClock& clock, CacheFlush& flush, Ready ready)
    : group_(group), clock_(clock), flush_(flush), ready_(std::move(ready)), lead_(kShortestLead) {}

const sdk::Properties& Executable::details() const {
  sdk::Pairs pairs = {{"routine", ready_.routine},
                      {"start", "agreed by a synchronised clock"},
                      {"clock uncertainty", fmt::format("{:.3g} s", clock_.uncertainty())}};
  if (launches_ > 0) {
    pairs.emplace_back("late starts", fmt::format("{} of {} launches, the latest by {:.3g} s",
                                                  late_, launches_, latest_));
    pairs.emplace_back("repeated for late starts", std::to_string(repeats_));
  }
  details_ = sdk::Properties(pairs);
  return details_;
}

/// Once all ranks are here, rank 0 chooses a start in the near future; from time to time it has the
/// clocks compared first.
double Executable::agree_on_start() {
  check(MPI_Barrier(group_.communicator()), "waiting for all ranks");
  while (true) {
    std::array<double, 2> told = {0, 0};
    if (group_.rank() == 0) {
      const bool stale = local_seconds() - synchronised_ > kSynchronisedFor;
      told = {clock_.now() + lead_, stale ? 1.0 : 0.0};
    }
    check(MPI_Bcast(told.data(), 2, MPI_DOUBLE, 0, group_.communicator()), "agreeing on a start");
    if (told[1] == 0) return told[0];
    clock_.synchronise();
    synchronised_ = local_seconds();
  }
}

Executable::Attempt Executable::attempt(assay_mode mode) {
  if (mode == ASSAY_COLD) flush_.flush();
  const double start = agree_on_start();
  clock_.wait_until(start);
  const double began = clock_.now();
  ready_.launch();
  const double ended = clock_.now();
  // The rank that began last, and the one that took longest.
  std::array<double, 2> worst = {began - start, ended - start};
  check(MPI_Allreduce(MPI_IN_PLACE, worst.data(), 2, MPI_DOUBLE, MPI_MAX, group_.communicator()),
        "comparing starts");
  const bool late = worst[0] > std::max(kLateAnyway, kLateShare * worst[1]);
  lead_ = std::clamp(late ? lead_ * 2 : lead_ * 0.95, kShortestLead, kLongestLead);
  if (late) latest_ = std::max(latest_, worst[0]);
  // A rank that began late waited since the agreed start as well.
  return {{ended - start, std::max(ended - std::min(start, began), 1e-9)}, late};
}

void Executable::run(std::span<assay_launch> launches, assay_mode mode) {
  for (assay_launch& launch : launches) {
    const bool hopeless = launches_ >= kEnoughToGiveUp && late_ * 2 > launches_;
    Attempt made = attempt(mode);
    for (int again = 1; made.late && !hopeless && again < kAttempts; ++again) {
      ++repeats_;
      made = attempt(mode);
    }
    ++launches_;
    if (made.late) ++late_;
    launch = made.launch;
  }
}

}  // namespace assay::backends::mpi
