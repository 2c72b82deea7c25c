// Clauses about resources: calls must not leak any.
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <memory>

#include "harness/conformance/resource_usage.h"
#include "harness/conformance/test_problem.h"

namespace assay::harness::conformance {
namespace {

constexpr std::size_t kCycles = 10000, kQuickCycles = 1000, kOpenings = 20;
constexpr double kBudget = 10, kQuickBudget = 1.5;
/// A slow implementation is prepared only once in this number of rounds.
constexpr double kSlowSeconds = 0.02;
constexpr std::size_t kSlowTurns = 50;

/// A module may fill a pool or a queue at first. What grows in the few cycles of a quick
/// examination is therefore a leak only if it grows in as many as a complete one has, too.
Repetition repeat_in_budget(Subject& subject, std::size_t round,
                            const std::function<void(std::size_t)>& body) {
  if (!subject.options().quick) return repeat(subject, kCycles, round, kBudget, body);
  const Repetition few = repeat(subject, kQuickCycles, round, kQuickBudget, body);
  return leaks(few).empty() ? few : repeat(subject, kCycles, round, 2 * kQuickBudget, body);
}

Finding conclude(const Repetition& repetition, const std::string& more) {
  const std::string found = leaks(repetition);
  require(found.empty(), fmt::format("{}: {}", times_text(repetition), found));
  const bool told = !std::isnan(repetition.before.device_bytes);
  return {Verdict::fulfilled, fmt::format("{}{}{}", times_text(repetition), more,
                                          told ? "" : "; the device's memory usage is unknown")};
}

/// Implementations that are prepared and released in turn.
class Turns {
 public:
  explicit Turns(Subject& subject) : subject_(subject) {
    for (const Choice& choice : choices(subject)) {
      turns_.push_back({std::make_unique<TestProblem>(subject, choice, false), false});
    }
  }

  std::size_t count() const { return turns_.size(); }

  void take(std::size_t) {
    while (turns_[next_ % count()].slow && next_ / count() % kSlowTurns != 0) ++next_;
    Turn& turn = turns_[next_++ % count()];
    const auto begin = std::chrono::steady_clock::now();
    assay_executable* executable = nullptr;
    const assay_status status = turn.test_problem->prepare(&executable);
    if (status == ASSAY_OK) subject_.table().release(executable);
    require(
        status == ASSAY_OK,
        fmt::format("preparing {} for {}, repetition {}: {}", turn.test_problem->implementation(),
                    turn.test_problem->problem(), next_, subject_.words(status)));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    // The first time, it may compile code that it keeps.
    turn.slow = next_ > count() && took.count() > kSlowSeconds;
  }

 private:
  struct Turn {
    std::unique_ptr<TestProblem> test_problem;
    bool slow = false;
  };

  Subject& subject_;
  std::vector<Turn> turns_;
  std::size_t next_ = 0;
};

Finding prepares_and_releases(Subject& subject) {
  Turns turns(subject);
  const auto repetition =
      repeat_in_budget(subject, turns.count(), [&](std::size_t i) { turns.take(i); });
  return conclude(repetition, fmt::format("; {} implementations", turns.count()));
}

Finding buffers(Subject& subject) {
  const std::vector<std::byte> content(4096);
  const auto repetition = repeat_in_budget(subject, 1, [&](std::size_t) {
    const DeviceBuffer buffer(subject, content.size());
    buffer.upload(content);
  });
  return conclude(repetition, "");
}

Finding openings(Subject& subject) {
  subject.probed();
  assay_open_options options = {};
  options.struct_size = sizeof options;
  const double budget = subject.options().quick ? kQuickBudget : kBudget;
  const auto repetition = repeat(subject, kOpenings, 1, budget, [&](std::size_t) {
    assay_device* device = nullptr;
    const assay_status status = subject.table().open(subject.options().device, &options, &device);
    require(status == ASSAY_OK, subject.words(status));
    subject.table().close(device);
  });
  return conclude(repetition, "");
}

}  // namespace

void add_reopening_clause(std::vector<Clause>& clauses) {
  clauses.push_back({"device", "reopen", "repeated opening and closing leaks nothing", openings});
}

void add_resource_clauses(std::vector<Clause>& clauses) {
  const auto add = [&](const char* name, const char* rule, Finding (*examine)(Subject&)) {
    clauses.push_back({"resources", name, rule, examine});
  };
  add("buffers", "repeated allocating and freeing leaks nothing", buffers);
  add("executables", "repeated preparing and releasing leaks nothing", prepares_and_releases);
}

}  // namespace assay::harness::conformance
