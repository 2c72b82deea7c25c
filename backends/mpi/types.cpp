#include "backends/mpi/types.h"

#include <algorithm>
#include <array>
#include <limits>

#include "backends/mpi/group.h"

namespace assay::backends::mpi {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr std::int64_t kMostAtOnce = std::int64_t{1} << 30;

void free_type(MPI_Datatype* type) {
  int finalized = 0;
  MPI_Finalized(&finalized);
  if (finalized == 0) MPI_Type_free(type);
  delete type;
}

}  // namespace

std::shared_ptr<MPI_Datatype> block_type(std::size_t bytes) {
  const std::size_t pieces = bytes / kPiece;
  MPI_Datatype piece = MPI_DATATYPE_NULL, most = MPI_DATATYPE_NULL;
  check(MPI_Type_contiguous(kPiece, MPI_BYTE, &piece), "making a type");
  check(MPI_Type_contiguous(static_cast<int>(pieces), piece, &most), "making a type");
  const std::array<int, 2> counts = {1, static_cast<int>(bytes % kPiece)};
  const std::array<MPI_Aint, 2> places = {0, static_cast<MPI_Aint>(pieces * kPiece)};
  const std::array<MPI_Datatype, 2> types = {most, MPI_BYTE};
  std::shared_ptr<MPI_Datatype> all(new MPI_Datatype(MPI_DATATYPE_NULL), free_type);
  check(MPI_Type_create_struct(2, counts.data(), places.data(), types.data(), all.get()),
        "making a type");
  check(MPI_Type_commit(all.get()), "making a type");
  MPI_Type_free(&most);
  MPI_Type_free(&piece);
  return all;
}

Message::Message(std::size_t bytes) {
  if (bytes <= static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    count_ = static_cast<int>(bytes);
    return;
  }
  count_ = 1;
  made_ = block_type(bytes);
}

std::optional<MPI_Datatype> summed_type(kernels::DataType type) {
  switch (type) {
    case kernels::DataType::f64:
      return MPI_DOUBLE;
    case kernels::DataType::f32:
      return MPI_FLOAT;
    case kernels::DataType::i32:
      return MPI_INT32_T;
    case kernels::DataType::i8:
      return MPI_INT8_T;
    default:
      return std::nullopt;
  }
}

std::string why_no_sum(const kernels::Problem& problem) {
  const kernels::DataType type = problem.type("type");
  return summed_type(type) ? "" : "MPI has no type to sum " + std::string(name(type)) + " by";
}

void in_parts(std::int64_t elements, const std::function<void(std::int64_t, int)>& step) {
  for (std::int64_t first = 0; first < elements; first += kMostAtOnce) {
    step(first, static_cast<int>(std::min(kMostAtOnce, elements - first)));
  }
}

}  // namespace assay::backends::mpi
