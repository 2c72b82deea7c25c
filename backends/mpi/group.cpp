#include "backends/mpi/group.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <string>

#include "backends/sdk/failure.h"
#include "kernels/hash.h"

namespace assay::backends::mpi {
namespace {

bool running() {
  int initialized = 0, finalized = 0;
  MPI_Initialized(&initialized);
  MPI_Finalized(&finalized);
  return initialized != 0 && finalized == 0;
}

/// The kernel that this process runs under: its ranks share a clock.
std::uint64_t kernel_identity() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string text;
  file >> text;
  return kernels::array_hash(std::as_bytes(std::span(text)));
}

struct Introduction {
  std::uint64_t id = 0, kernel = 0;
};

}  // namespace

void check(int code, const char* doing) {
  if (code == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(code, text.data(), &length);
  throw sdk::Failure(ASSAY_DEVICE_ERROR, fmt::format("{}: {}", doing, text.data()));
}

void start() {
  if (running()) return;
  int finalized = 0;
  MPI_Finalized(&finalized);
  if (finalized != 0) {
    throw sdk::Failure(ASSAY_INVALID, "MPI was ended in this process, and cannot start again");
  }
  int provided = 0;
  check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), "starting MPI");
  check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "setting MPI's error handler");
}

void finish() noexcept {
  if (running()) MPI_Finalize();
}

Group::Group(std::span<const std::byte> id, int ranks, int rank) : ranks_(ranks), rank_(rank) {
  start();
  int started = 0;
  check(MPI_Comm_size(MPI_COMM_WORLD, &started), "asking for the number of ranks");
  if (started != ranks) {
    throw sdk::Failure(ASSAY_INVALID, fmt::format("{} ranks should join, but the launcher started "
                                                  "{}",
                                                  ranks, started));
  }
  check(MPI_Comm_split(MPI_COMM_WORLD, 0, rank, &communicator_), "making a communicator");
  int numbered = 0;
  MPI_Comm_rank(communicator_, &numbered);
  const Introduction mine{kernels::array_hash(id), kernel_identity()};
  Introduction first = mine;
  check(MPI_Bcast(&first, sizeof first, MPI_BYTE, 0, communicator_), "broadcasting the id");
  int differ = first.id != mine.id || numbered != rank ? 1 : 0;
  check(MPI_Allreduce(MPI_IN_PLACE, &differ, 1, MPI_INT, MPI_MAX, communicator_),
        "comparing the ids");
  shares_clock_ = first.kernel == mine.kernel;
  if (differ == 0) return;
  MPI_Comm_free(&communicator_);
  throw sdk::Failure(ASSAY_INVALID, "the ranks got different ids, or the same rank number twice");
}

Group::~Group() {
  if (communicator_ != MPI_COMM_NULL && running()) MPI_Comm_free(&communicator_);
}

std::string library_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  const std::string whole(text.data());
  // "Open MPI v4.1.4, package: …, ident: …"
  return whole.substr(0, std::min(whole.find_first_of(",\n"), whole.size()));
}

}  // namespace assay::backends::mpi
