#include "tests/fakes/common/collectives.h"

#include <cstring>
#include <vector>

namespace assay::fakes {

void sum_over_ranks(Mailbox& box, kernels::DataType type, std::span<const std::byte> from,
                    bool in_parts, std::byte* to) {
  const auto ranks = static_cast<std::size_t>(box.ranks());
  const std::size_t bytes = in_parts ? from.size() / ranks : from.size();
  for (std::size_t other = 0; other < ranks; ++other) {
    box.post(static_cast<int>(other), from.subspan(in_parts ? other * bytes : 0, bytes));
  }
  const auto count = count_in(type, static_cast<std::int64_t>(bytes));
  std::vector<double> sums(static_cast<std::size_t>(count), 0.0);
  for (std::size_t other = 0; other < ranks; ++other) {
    const std::vector<std::byte> term = box.fetch(static_cast<int>(other), bytes);
    for (std::int64_t i = 0; i < count; ++i) {
      sums[static_cast<std::size_t>(i)] += load(type, term.data(), i);
    }
  }
  encode_array(type, sums, to, 0);
}

void gather_from_ranks(Mailbox& box, std::span<const std::byte> from, std::byte* to) {
  for (int other = 0; other < box.ranks(); ++other) box.post(other, from);
  for (int other = 0; other < box.ranks(); ++other) {
    const auto part = box.fetch(other, from.size());
    std::memcpy(to + static_cast<std::size_t>(other) * from.size(), part.data(), part.size());
  }
}

void broadcast_from(Mailbox& box, int root, std::span<const std::byte> from, std::byte* to,
                    std::uint64_t bytes) {
  for (int other = 0; box.rank() == root && other < box.ranks(); ++other) box.post(other, from);
  const auto whole = box.fetch(root, bytes);
  std::memcpy(to, whole.data(), whole.size());
}

}  // namespace assay::fakes
