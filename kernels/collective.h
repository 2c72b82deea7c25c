// Computations on several ranks: which part of the whole each rank holds, receives and is checked
// for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/operation.h"

namespace assay::kernels {

/// A rank's part of one operand of the whole: `operand` is that part alone, and its elements are
/// those from `first` on. It may be empty (extents {0}).
struct RankOperand {
  Operand operand;
  std::int64_t first = 0;
};

/// How the two operands of the whole, `b` (input) and `a` (output), lie on the ranks. In elements.
struct CollectiveLayout {
  DataType type = DataType::f32;
  std::vector<std::int64_t> held;      ///< of b, by rank; consecutive in the whole
  std::vector<std::int64_t> received;  ///< of a, by rank; consecutive in the whole
  std::int64_t counted = 0;            ///< the size that nccl-tests reports, on one rank
  /// Elements that always travel together; every count is a multiple.
  std::int64_t unit = 1;
  /// Each output element is the sum of `terms` input elements that lie `stride` apart.
  std::int64_t terms = 1, stride = 0;
  bool sums = false;  ///< a reduction, even with one term
  /// Uneven exchange: elements from rank s to rank d at [s * ranks + d]. Rank s holds them in the
  /// order of d, rank d receives them in the order of s. Empty for the others.
  std::vector<std::int64_t> counts;

  std::int64_t ranks() const { return static_cast<std::int64_t>(held.size()); }
};

/// `count` consecutive elements of a rank's output, from its element `to` on; their expected values
/// begin at element `from` of the whole input.
struct Segment {
  std::int64_t to = 0, count = 0, from = 0;
};

struct Collective {
  CollectiveLayout (*layout)(const Problem&);
  /// In ascending order; together they are the whole output of the rank.
  std::vector<Segment> (*segments)(const CollectiveLayout&, const Problem&, std::int64_t rank);
  /// Bytes that cross a link per counted byte, with this number of ranks (nccl-tests,
  /// doc/PERFORMANCE.md).
  double (*factor)(double ranks);

  std::int64_t ranks(const Problem& problem) const;
  /// In the order of Operation::operands. Throws std::out_of_range for a rank that does not exist.
  std::vector<RankOperand> operands(const Problem& problem, std::int64_t rank) const;
  /// Judges what one rank received; `buffers` are its own parts. The inputs of the other ranks are
  /// generated again where needed. Above a cost (CheckOptions::full_flop / 8 terms) blocks are
  /// sampled: the first and last of every segment, both sides of powers of two and of eighths, and
  /// random ones; of all other elements it is checked that they are written, finite and
  /// within range.
  Check check(const Problem& problem, std::int64_t rank, std::span<const ConstBytes> buffers,
              const CheckOptions& options) const;
  /// busbw = algbw x this.
  double bus_factor(const Problem& problem) const;
};

/// What one rank exchanges with another, in elements of its own parts.
struct Passage {
  std::int64_t peer = 0;
  std::int64_t from = 0, sent = 0;    ///< of its input, to the peer
  std::int64_t to = 0, received = 0;  ///< of its output, from the peer
};

/// One per rank, itself included, in order. For operations where each segment comes from one rank.
std::vector<Passage> passages(const CollectiveLayout& layout, const Problem& problem,
                              std::int64_t rank);

/// Work of one rank: no FLOP, and the bytes that nccl-tests counts, so that the rate of bytes is
/// its algbw.
Work collective_work(const Problem& problem);

}  // namespace assay::kernels
