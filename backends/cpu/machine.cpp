#include "backends/cpu/machine.h"

#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/task_scheduler_observer.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <vector>

#include "backends/cpu/cache_flusher.h"
#include "backends/cpu/control_group.h"
#include "backends/cpu/pinning.h"
#include "backends/cpu/topology.h"

namespace assay::backends::cpu {
namespace {

/// Binds each thread that comes to work in the arena to the processor of its slot.
class Observer final : public tbb::task_scheduler_observer {
 public:
  Observer(tbb::task_arena& arena, Pinning& pinning, std::size_t places)
      : tbb::task_scheduler_observer(arena), pinning_(pinning), places_(places) {
    observe(true);
  }
  ~Observer() override { observe(false); }
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  void on_scheduler_entry(bool) override {
    const int slot = tbb::this_task_arena::current_thread_index();
    if (slot >= 0) pinning_.pin_self(static_cast<std::size_t>(slot) % places_);
  }

 private:
  Pinning& pinning_;
  std::size_t places_;
};

/// A thread for each core, but no more than the control group gives time for.
unsigned default_threads(const Topology& found) {
  const auto quota = cpu_quota();
  if (!quota) return found.cores;
  return std::clamp(static_cast<unsigned>(std::floor(*quota)), 1u, found.cores);
}

/// The processor of each thread; if there are more threads than processors, several share one.
std::vector<Processor> places_for(unsigned threads, const Topology& found) {
  std::vector<Processor> places;
  for (unsigned i = 0; i < threads; ++i) {
    places.push_back(found.processors[i % found.processors.size()]);
  }
  return places;
}

std::vector<int> os_indices(const std::vector<Processor>& processors) {
  std::vector<int> indices;
  indices.reserve(processors.size());
  for (const Processor& processor : processors) indices.push_back(processor.os_index);
  return indices;
}

std::size_t sum_of_last_levels(const std::vector<Processor>& processors) {
  std::map<int, std::size_t> sizes;
  for (const Processor& processor : processors) sizes[processor.last_level] = processor.llc_bytes;
  std::size_t sum = 0;
  for (const auto& [number, bytes] : sizes) sum += bytes;
  return sum;
}

/// oneTBB by itself makes no more threads than there are processors. Of several limits the smallest
/// holds, so one is set only where it raises the number.
std::unique_ptr<tbb::global_control> raised_limit(unsigned threads) {
  if (threads <= static_cast<unsigned>(tbb::info::default_concurrency())) return nullptr;
  return std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism,
                                               threads);
}

}  // namespace

struct Machine::State {
  explicit State(unsigned threads)
      : places(places_for(threads, topology())),
        pinning(os_indices(places), os_indices(topology().processors)),
        parallelism(raised_limit(threads)),
        arena(static_cast<int>(threads), 1),
        observer(arena, pinning, places.size()) {}

  std::vector<Processor> places;
  Features features = detect_features();
  Pinning pinning;
  std::unique_ptr<tbb::global_control> parallelism;
  tbb::task_arena arena;
  Observer observer;
  std::unique_ptr<CacheFlusher> flusher;
};

Machine::Machine(unsigned threads)
    : state_(std::make_unique<State>(threads == 0 ? default_threads(topology()) : threads)) {}

Machine::~Machine() = default;

unsigned Machine::threads() const {
  return static_cast<unsigned>(state_->places.size());
}

tbb::task_arena& Machine::arena() {
  return state_->arena;
}

std::size_t Machine::l1_bytes() const {
  return state_->places.front().l1_bytes;
}

std::size_t Machine::l2_bytes() const {
  return state_->places.front().l2_bytes;
}

std::size_t Machine::last_level_bytes() const {
  return sum_of_last_levels(state_->places);
}

const Features& Machine::features() const {
  return state_->features;
}

void Machine::pin_all_threads() {
  state_->pinning.pin_all();
}

void Machine::flush_caches() {
  if (!state_->flusher) {
    state_->flusher = std::make_unique<CacheFlusher>(
        state_->places,
        [pinning = &state_->pinning](std::size_t place) { pinning->pin_self(place); });
  }
  state_->pinning.pin_self(0);
  state_->flusher->flush();
}

}  // namespace assay::backends::cpu
