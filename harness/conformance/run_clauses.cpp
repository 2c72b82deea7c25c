// Clauses about launches and their timings.
#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "harness/conformance/test_problem.h"

namespace assay::harness::conformance {
namespace {

/// An array for timings with one extra element that must stay unchanged.
class Timings {
 public:
  explicit Timings(std::uint32_t count) : launches_(count + 1) {
    std::memset(launches_.data(), 0xa5, launches_.size() * sizeof launches_[0]);
  }
  assay_launch* data() { return launches_.data(); }
  const assay_launch& operator[](std::size_t i) const { return launches_[i]; }
  bool overrun() const {
    const std::vector<std::byte> canary(sizeof launches_[0], std::byte{0xa5});
    return std::memcmp(&launches_.back(), canary.data(), canary.size()) != 0;
  }

 private:
  std::vector<assay_launch> launches_;
};

void require_time(double seconds, const char* what, std::size_t launch) {
  require(std::isfinite(seconds) && seconds > 0,
          fmt::format("{} of launch {} is {}", what, launch, seconds));
}

Finding timings(Subject& subject) {
  const TestProblem test_problem(subject);
  for (const assay_mode mode : {ASSAY_HOT, ASSAY_COLD}) {
    for (const std::uint32_t count : {1u, 5u}) {
      Timings times(count);
      const assay_status status =
          subject.table().run(test_problem.executable(), count, mode, times.data());
      require(status == ASSAY_OK, subject.words(status));
      require(!times.overrun(), fmt::format("more than {} timings were written", count));
      for (std::size_t i = 0; i < count; ++i) {
        require_time(times[i].device_seconds, "device_seconds", i);
        require_time(times[i].host_seconds, "host_seconds", i);
      }
    }
  }
  return {};
}

Finding none(Subject& subject) {
  const TestProblem test_problem(subject);
  Timings times(0);
  const assay_status status =
      subject.table().run(test_problem.executable(), 0, ASSAY_HOT, times.data());
  require(!times.overrun(), "a timing was written");
  if (status == ASSAY_OK) return {};
  subject.require_refusal(status, "running 0 launches");
  return {Verdict::fulfilled, "refused"};
}

Finding side_by_side(Subject& subject) {
  const TestProblem first(subject);
  const TestProblem second(subject);
  for (const TestProblem* test_problem : {&first, &second, &first}) {
    Timings times(1);
    const assay_status status =
        subject.table().run(test_problem->executable(), 1, ASSAY_HOT, times.data());
    require(status == ASSAY_OK, subject.words(status));
  }
  return {};
}

}  // namespace

void add_run_clauses(std::vector<Clause>& clauses) {
  clauses.push_back({"run", "timings", "one timing per launch, finite and above zero", timings});
  clauses.push_back({"run", "none", "0 launches: nothing is written", none});
  clauses.push_back({"run", "two", "two executables may be launched in turn", side_by_side});
}

}  // namespace assay::harness::conformance
