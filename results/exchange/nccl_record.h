// A record of one row of an nccl-tests table.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "results/exchange/nccl_lines.h"
#include "results/exchange/nccl_own.h"
#include "results/exchange/nccl_table.h"
#include "results/record/record.h"

namespace assay::results::exchange {

/// What one process of a log printed so far.
struct NcclStream {
  std::string collective;        ///< as "# Collective test starting" says
  bool collective_used = false;  ///< rows under this name followed
  std::string host, iterations;
  std::set<std::string> ranks;
  std::vector<std::string> devices;  ///< distinct names
  bool ranks_unclear = false;        ///< a rank was named twice
  std::vector<std::string> placements;
  NcclColumns columns;
  std::optional<Words> begin;  ///< a row that is not complete yet
  std::size_t begin_line = 0;
  std::optional<NcclOwnLine> own;  ///< what assay said of the next row
};

/// One placement of a row, with what is known of it outside of its stream.
struct NcclRow {
  std::string collective;
  std::string library;  ///< with its version; empty if it was not named
  const Words& words;
  std::size_t which = 0;  ///< of the placements
  double seconds = 0;
};

/// Without an id and a run.
record::Record nccl_record(const NcclStream& stream, const NcclRow& row);

}  // namespace assay::results::exchange
