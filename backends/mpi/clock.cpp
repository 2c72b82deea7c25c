#include "backends/mpi/clock.h"

#include <sched.h>

#include <chrono>
#include <limits>
#include <thread>
#include <vector>

#include "backends/sdk/host_time.h"

namespace assay::backends::mpi {
namespace {

constexpr int kRoundTrips = 64;
constexpr int kTag = 1;
/// A sleep never ends early; on an idle core it ends at most this much late.
constexpr double kWakesWithin = 200e-6;

}  // namespace

double local_seconds() {
  return sdk::steady_seconds();
}

/// Rank 0 answers with its clock; the other takes the offset of the shortest round trip.
void SharedClock::measure_with(int other) {
  const MPI_Comm all = group_.communicator();
  double shortest = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kRoundTrips; ++i) {
    double moment = 0;
    if (group_.rank() == 0) {
      check(MPI_Recv(&moment, 1, MPI_DOUBLE, other, kTag, all, MPI_STATUS_IGNORE), "ping");
      moment = local_seconds();
      check(MPI_Send(&moment, 1, MPI_DOUBLE, other, kTag, all), "pong");
      continue;
    }
    const double begin = local_seconds();
    check(MPI_Send(&begin, 1, MPI_DOUBLE, 0, kTag, all), "ping");
    check(MPI_Recv(&moment, 1, MPI_DOUBLE, 0, kTag, all, MPI_STATUS_IGNORE), "pong");
    const double end = local_seconds();
    if (end - begin >= shortest) continue;
    shortest = end - begin;
    offset_ = moment - (begin + end) / 2;
    uncertainty_ = shortest / 2;
  }
}

void SharedClock::synchronise() {
  const int shares = group_.shares_clock_with_first() ? 1 : 0;
  std::vector<int> sharing(static_cast<std::size_t>(group_.ranks()), 1);
  check(MPI_Allgather(&shares, 1, MPI_INT, sharing.data(), 1, MPI_INT, group_.communicator()),
        "asking who shares a clock");
  for (int other = 1; other < group_.ranks(); ++other) {
    const bool takes_part = group_.rank() == 0 || group_.rank() == other;
    if (sharing[static_cast<std::size_t>(other)] == 0 && takes_part) measure_with(other);
  }
}

void SharedClock::wait_until(double moment) const {
  const double left = moment - now() - kWakesWithin;
  if (left > 0) std::this_thread::sleep_for(std::chrono::duration<double>(left));
  while (now() < moment) sched_yield();
}

}  // namespace assay::backends::mpi
