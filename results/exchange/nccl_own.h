// What assay says of a row in a comment of its nccl-tests export, so that the row is read back as
// the record that it was.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "results/record/record.h"

namespace assay::results::exchange {

struct NcclOwnLine {
  std::string problem;  ///< canonical text
  std::string implementation;
  std::string device;  ///< "mpi:0"
  record::Mode mode = record::Mode::cold;
  std::uint32_t repetition = 0;
};

/// "assay: repetition=0 mode=cold device=mpi:0 implementation=library/mpi problem=all_reduce ...".
std::string nccl_own_text(const record::Record& record);
/// nullopt if the comment is another one.
std::optional<NcclOwnLine> nccl_own_line(std::string_view comment);

void apply(const NcclOwnLine& line, record::Record& record);

}  // namespace assay::results::exchange
