#include "tests/fakes/common/cache.h"

#include <algorithm>

namespace assay::fakes {

std::uint64_t Cache::held(const void* at, std::uint64_t bytes) const {
  const auto begin = reinterpret_cast<std::uintptr_t>(at);
  std::uint64_t sum = 0;
  for (const Range& one : ranges_) {
    const auto from = std::max(begin, one.begin), to = std::min(begin + bytes, one.end);
    if (from < to) sum += to - from;
  }
  return sum;
}

std::uint64_t Cache::dirty() const {
  std::uint64_t sum = 0;
  for (const Range& one : ranges_) sum += one.dirty ? one.length() : 0;
  return sum;
}

void Cache::touch(const void* at, std::uint64_t bytes, bool written) {
  const auto begin = reinterpret_cast<std::uintptr_t>(at), end = begin + bytes;
  std::list<Range> now = {{begin, end, written}};
  for (auto one = ranges_.begin(); one != ranges_.end();) {
    const Range old = *one;
    if (old.end <= begin || old.begin >= end) {
      ++one;
      continue;
    }
    one = ranges_.erase(one);
    if (old.begin < begin) ranges_.insert(one, {old.begin, begin, old.dirty});
    if (old.end > end) ranges_.insert(one, {end, old.end, old.dirty});
    if (written || !old.dirty) continue;
    // The part that is read again stays dirty.
    const auto from = std::max(begin, old.begin), to = std::min(end, old.end);
    for (auto part = now.begin(); part != now.end();) {
      if (part->dirty || part->end <= from || part->begin >= to) {
        ++part;
        continue;
      }
      const Range whole = *part;
      part = now.erase(part);
      if (whole.begin < from) now.insert(part, {whole.begin, from, false});
      now.insert(part, {std::max(whole.begin, from), std::min(whole.end, to), true});
      if (whole.end > to) part = now.insert(part, {to, whole.end, false});
    }
  }
  // The end of what is accessed is the latest.
  now.reverse();
  ranges_.splice(ranges_.begin(), now);
  std::uint64_t left = bytes_;
  for (auto one = ranges_.begin(); one != ranges_.end();) {
    const std::uint64_t kept = std::min(left, one->length());
    left -= kept;
    one->begin = one->end - kept;
    one = kept == 0 ? ranges_.erase(one) : std::next(one);
  }
}

void LastCopy::begin(Cache& cache, const void* to, const void* from, std::uint64_t bytes) {
  held = cache.held(from, bytes);
  dirty = cache.dirty();
  cache.read(from, bytes);
  cache.write(to, bytes);
}

}  // namespace assay::fakes
