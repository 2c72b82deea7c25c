#include "backends/cpu/pinning.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

#include "backends/cpu/binding.h"
#include "backends/cpu/text_files.h"

namespace assay::backends::cpu {
namespace {

/// Where the calling thread was bound last, and by which Pinning.
thread_local std::pair<std::uint64_t, std::size_t> here{0, 0};

/// False, with errno, where the kernel refuses.
bool bind(pid_t thread, const std::vector<int>& processors) {
  const int count = *std::max_element(processors.begin(), processors.end()) + 1;
  const auto release = [](cpu_set_t* set) { CPU_FREE(set); };
  const std::unique_ptr<cpu_set_t, decltype(release)> set(CPU_ALLOC(count), release);
  if (!set) throw std::bad_alloc();
  const std::size_t bytes = CPU_ALLOC_SIZE(count);
  CPU_ZERO_S(bytes, set.get());
  for (const int processor : processors) CPU_SET_S(processor, bytes, set.get());
  return sched_setaffinity(thread, bytes, set.get()) == 0;
}

}  // namespace

std::vector<pid_t> threads_of_process() {
  std::vector<pid_t> threads;
  for (const auto& folder : entries("/proc/self/task", "")) {
    const std::string name = folder.filename().string();
    pid_t thread = 0;
    std::from_chars(name.data(), name.data() + name.size(), thread);
    if (thread > 0) threads.push_back(thread);
  }
  std::sort(threads.begin(), threads.end());
  return threads;
}

Pinning::Pinning(std::vector<int> places, std::vector<int> everywhere)
    : places_(std::move(places)), everywhere_(std::move(everywhere)) {
  static std::atomic<std::uint64_t> made{0};
  id_ = ++made;
}

Pinning::~Pinning() {
  // Threads that ended meanwhile refuse, and nothing is lost by that.
  for (const auto& [thread, processor] : bound_) bind(thread, everywhere_);
}

void Pinning::pin(pid_t thread, std::size_t place) {
  const int processor = places_[place];
  if (!bind(thread, {processor})) {
    if (errno == ESRCH) return;
    // A container's filter may forbid it (EPERM), or the processors that this process may use have
    // changed (EINVAL). Threads that are not bound measure as well, with more noise.
    set_binding_refusal(strerror(errno));
    return;
  }
  bound_[thread] = processor;
}

void Pinning::pin_self(std::size_t place) {
  if (here == std::pair(id_, place)) return;
  const std::lock_guard lock(mutex_);
  pin(gettid(), place);
  here = {id_, place};
}

void Pinning::pin_all() {
  pin_self(0);
  const std::lock_guard lock(mutex_);
  const std::vector<pid_t> present = threads_of_process();
  std::erase_if(bound_, [&](const auto& entry) {
    return !std::binary_search(present.begin(), present.end(), entry.first);
  });
  // A library's own pool does not contain the calling thread, so its place is skipped: each of the
  // pool's threads then has a place of its own.
  const std::size_t others = places_.size() - 1;
  std::size_t next = 0;
  for (const pid_t thread : present) {
    if (bound_.contains(thread)) continue;
    pin(thread, others == 0 ? 0 : 1 + next++ % others);
  }
}

std::size_t Pinning::pinned() const {
  const std::lock_guard lock(mutex_);
  return bound_.size();
}

}  // namespace assay::backends::cpu
