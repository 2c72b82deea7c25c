// The last-level cache of a fake device: which bytes of its memory it holds, and which of them were
// written and not yet written back. Devices say that it has 1 MiB, as some tell only a part of
// theirs.
#pragma once

#include <cstdint>
#include <list>

namespace assay::fakes {

class Cache {
 public:
  explicit Cache(std::uint64_t bytes = std::uint64_t{32} << 20) : bytes_(bytes) {}

  /// A line that is read stays as dirty as it was.
  void read(const void* at, std::uint64_t bytes) { touch(at, bytes, false); }
  void write(const void* at, std::uint64_t bytes) { touch(at, bytes, true); }

  /// Of [at, at + bytes), and dirty ones of all.
  std::uint64_t held(const void* at, std::uint64_t bytes) const;
  std::uint64_t dirty() const;

 private:
  struct Range {
    std::uintptr_t begin, end;
    bool dirty;
    std::uint64_t length() const { return end - begin; }
  };
  void touch(const void* at, std::uint64_t bytes, bool written);

  std::uint64_t bytes_;
  std::list<Range> ranges_;  ///< the latest first; none overlaps another
};

/// What the cache held when the device began its latest copy within its own memory.
struct LastCopy {
  std::uint64_t held = 0;   ///< bytes of its source
  std::uint64_t dirty = 0;  ///< bytes of anything

  /// Notes it and makes the copy's accesses.
  void begin(Cache& cache, const void* to, const void* from, std::uint64_t bytes);
};

}  // namespace assay::fakes
