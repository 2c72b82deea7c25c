#include "backends/cpu/cache_flusher.h"

#include <algorithm>
#include <map>

namespace assay::backends::cpu {
namespace {

constexpr std::size_t kLine = 64;

std::size_t sum_of(const std::vector<std::size_t>& sizes) {
  std::size_t sum = 0;
  for (const std::size_t size : sizes) sum += size;
  return sum;
}

/// How much each thread writes.
std::vector<std::size_t> shares(const std::vector<Processor>& processors) {
  std::map<int, std::size_t> sharers;
  for (const Processor& processor : processors) ++sharers[processor.last_level];
  std::vector<std::size_t> sizes;
  for (const Processor& processor : processors) {
    const std::size_t share = 2 * processor.llc_bytes / sharers[processor.last_level];
    const std::size_t bytes = std::max(share, 2 * processor.l2_bytes);
    sizes.push_back((bytes + 2 * kLine - 1) / (2 * kLine) * (2 * kLine));
  }
  return sizes;
}

}  // namespace

CacheFlusher::CacheFlusher(const std::vector<Processor>& processors,
                           const std::function<void(std::size_t index)>& pin)
    : memory_(sum_of(shares(processors))), clean_(memory_.bytes() / 2) {
  std::size_t first = 0;
  for (const std::size_t bytes : shares(processors)) {
    parts_.push_back({first, bytes});
    first += bytes;
  }
  for (std::size_t index = 1; index < parts_.size(); ++index) {
    threads_.emplace_back([this, index, pin] {
      pin(index);
      fill_clean(parts_[index]);
      serve(index);
    });
  }
  fill_clean(parts_.front());
}

CacheFlusher::~CacheFlusher() {
  ending_ = true;
  ++round_;
  round_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void CacheFlusher::flush() {
  busy_ = static_cast<std::uint32_t>(threads_.size());
  ++round_;
  round_.notify_all();
  write(parts_.front());
  read(parts_.front());
  for (std::uint32_t busy = busy_; busy != 0; busy = busy_) busy_.wait(busy);
}

void CacheFlusher::fill_clean(const Part& part) {
  // Pages that were never written are all one page, which fits into any cache.
  std::fill_n(clean_.data() + part.first / 2, part.bytes / 2, std::byte{1});
}

void CacheFlusher::serve(std::size_t index) {
  for (std::uint32_t seen = 0;; ++seen) {
    round_.wait(seen);
    if (ending_) return;
    write(parts_[index]);
    read(parts_[index]);
    if (--busy_ == 0) busy_.notify_one();
  }
}

void CacheFlusher::write(const Part& part) {
  // Volatile, so that every one of these happens though nobody reads them.
  auto* const lines = reinterpret_cast<volatile std::uint64_t*>(memory_.data() + part.first);
  constexpr std::size_t kStep = kLine / sizeof(std::uint64_t);
  for (std::size_t i = 0; i < part.bytes / sizeof(std::uint64_t); i += kStep) {
    lines[i] = lines[i] + 1;
  }
}

void CacheFlusher::read(const Part& part) const {
  const std::byte* const from = clean_.data() + part.first / 2;
  for (std::size_t at = 0; at < part.bytes / 2; at += kLine) {
    static_cast<void>(*reinterpret_cast<const volatile std::byte*>(from + at));
  }
}

std::uint64_t CacheFlusher::written() const {
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < memory_.bytes(); at += kLine) {
    sum += *reinterpret_cast<const volatile std::uint64_t*>(memory_.data() + at);
  }
  return sum;
}

}  // namespace assay::backends::cpu
