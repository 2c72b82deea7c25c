// Clauses about device memory and copies to and from it.
#include <fmt/format.h>

#include <limits>

#include "harness/conformance/subject.h"

namespace assay::harness::conformance {
namespace {

std::vector<std::byte> pattern(std::size_t bytes, unsigned seed) {
  std::vector<std::byte> out(bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    out[i] = static_cast<std::byte>((i * 131 + i / 251 + seed) & 0xff);
  }
  return out;
}

Finding allocate(Subject& subject) {
  const assay_backend& table = subject.table();
  assay_device* device = subject.device();
  for (const std::uint64_t bytes : {1ull, 63ull, 64ull, 4097ull, (1ull << 20) + 1}) {
    assay_buffer* buffer = nullptr;
    const assay_status status = table.allocate(device, bytes, &buffer);
    require(status == ASSAY_OK, fmt::format("{} bytes: {}", bytes, subject.words(status)));
    require(buffer != nullptr, fmt::format("{} bytes: ok, but no buffer", bytes));
    table.free(device, buffer);
  }
  return {};
}

Finding allocate_none(Subject& subject) {
  assay_buffer* buffer = nullptr;
  const assay_status status = subject.table().allocate(subject.device(), 0, &buffer);
  if (status != ASSAY_OK) {
    subject.require_refusal(status, "0 bytes");
    return {Verdict::fulfilled, "refused"};
  }
  require(buffer != nullptr, "ok, but no buffer");
  subject.table().free(subject.device(), buffer);
  return {Verdict::fulfilled, "an empty buffer"};
}

Finding allocate_too_much(Subject& subject) {
  for (const std::uint64_t bytes : {std::uint64_t{1} << 62, ~std::uint64_t{0}}) {
    assay_buffer* buffer = nullptr;
    const assay_status status = subject.table().allocate(subject.device(), bytes, &buffer);
    const std::string doing = fmt::format("allocating {} bytes", bytes);
    subject.require_refusal(status, doing);
    require(status == ASSAY_OUT_OF_MEMORY, fmt::format("{}: {}", doing, subject.words(status)));
  }
  return {};
}

Finding round_trip(Subject& subject) {
  const assay_backend& table = subject.table();
  constexpr std::size_t kBytes = 100003;
  const DeviceBuffer buffer(subject, kBytes);
  auto expected = pattern(kBytes, 1);
  const auto send = [&](const std::vector<std::byte>& from, std::size_t offset) {
    const assay_status status =
        table.upload(subject.device(), buffer.get(), offset, from.data(), from.size());
    require(status == ASSAY_OK, fmt::format("uploading: {}", subject.words(status)));
  };
  send(expected, 0);
  require(buffer.download(kBytes) == expected, "the bytes came back changed");
  for (const std::size_t offset : {std::size_t{1}, std::size_t{4099}, kBytes - 777}) {
    const auto part = pattern(777, static_cast<unsigned>(offset));
    send(part, offset);
    std::copy(part.begin(), part.end(), expected.begin() + static_cast<std::ptrdiff_t>(offset));
    std::vector<std::byte> back(part.size());
    const assay_status status =
        table.download(subject.device(), buffer.get(), offset, back.data(), back.size());
    require(status == ASSAY_OK, fmt::format("downloading: {}", subject.words(status)));
    require(back == part, fmt::format("a part at offset {} came back changed", offset));
    require(buffer.download(kBytes) == expected,
            fmt::format("a part at offset {} changed its surroundings", offset));
  }
  return {};
}

Finding beyond_the_end(Subject& subject) {
  const assay_backend& table = subject.table();
  constexpr std::size_t kBytes = 4096;
  const DeviceBuffer buffer(subject, kBytes);
  const auto content = pattern(kBytes, 3);
  buffer.upload(content);
  auto other = pattern(2 * kBytes, 9);
  struct Range {
    std::uint64_t offset, bytes;
  };
  for (const Range range : {Range{0, kBytes + 1}, Range{kBytes, 1}, Range{kBytes - 1, 2},
                            Range{std::numeric_limits<std::uint64_t>::max(), 2}}) {
    const std::string what = fmt::format("bytes {} + {} of {}", range.offset, range.bytes, kBytes);
    subject.require_refusal(
        table.upload(subject.device(), buffer.get(), range.offset, other.data(), range.bytes),
        "uploading " + what);
    subject.require_refusal(
        table.download(subject.device(), buffer.get(), range.offset, other.data(), range.bytes),
        "downloading " + what);
  }
  require(buffer.download(kBytes) == content, "a refused upload changed the buffer");
  return {};
}

}  // namespace

void add_memory_clauses(std::vector<Clause>& clauses) {
  clauses.push_back({"memory", "allocate", "allocates and frees buffers of any size", allocate});
  clauses.push_back(
      {"memory", "allocate-none", "0 bytes: an empty buffer or a refusal", allocate_none});
  clauses.push_back(
      {"memory", "allocate-huge", "2^62 bytes: out of memory with a message", allocate_too_much});
  clauses.push_back(
      {"memory", "round-trip", "downloads what was uploaded, at any offset", round_trip});
  clauses.push_back(
      {"memory", "range", "refuses copies past the buffer with a reason", beyond_the_end});
}

}  // namespace assay::harness::conformance
