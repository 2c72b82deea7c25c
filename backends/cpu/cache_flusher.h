// Fills every cache of the device's threads with unrelated data.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "backends/cpu/memory.h"
#include "backends/cpu/topology.h"

namespace assay::backends::cpu {

/// Has its own threads, one on each of `processors`; the first is the caller. With work stealing
/// one core could do all of it and leave the other cores' caches unchanged.
class CacheFlusher {
 public:
  /// Each thread calls pin(index) once; 0 is the caller's and is not called here.
  CacheFlusher(const std::vector<Processor>& processors,
               const std::function<void(std::size_t index)>& pin);
  ~CacheFlusher();
  CacheFlusher(const CacheFlusher&) = delete;
  CacheFlusher& operator=(const CacheFlusher&) = delete;

  /// Dirties a word of every line of memory of twice the size of each last-level cache (and of
  /// each thread's second level), then reads as much as one such cache holds of lines that stay
  /// clean: otherwise the next launch would wait for dirty lines to be written back.
  /// Returns when all threads have done so.
  void flush();

  /// Bytes of memory overwritten by each flush.
  std::size_t bytes() const { return memory_.bytes(); }
  /// Sum of the words written so far, so that a compiler cannot remove the writes.
  std::uint64_t written() const;

 private:
  struct Part {
    std::size_t first = 0, bytes = 0;
  };
  void fill_clean(const Part& part);
  void write(const Part& part);
  void read(const Part& part) const;
  void serve(std::size_t index);

  std::vector<Part> parts_;
  Memory memory_, clean_;  // a part of `clean_` lies at half the place of its part of `memory_`
  std::atomic<std::uint32_t> round_{0};
  std::atomic<std::uint32_t> busy_{0};
  std::atomic<bool> ending_{false};
  std::vector<std::thread> threads_;
};

}  // namespace assay::backends::cpu
