// Clauses about what calls leave behind: nothing.
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <memory>

#include "harness/conformance/holdings.h"
#include "harness/conformance/specimen.h"

namespace assay::harness::conformance {
namespace {

constexpr std::size_t kCycles = 10000, kQuickCycles = 1000, kOpenings = 20;
constexpr double kBudget = 10, kQuickBudget = 1.5;
/// An implementation that takes longer to prepare has a turn only once in so many rounds.
constexpr double kSlowSeconds = 0.02;
constexpr std::size_t kSlowTurns = 50;

std::size_t cycles(const Subject& subject) {
  return subject.options().quick ? kQuickCycles : kCycles;
}
double budget(const Subject& subject) {
  return subject.options().quick ? kQuickBudget : kBudget;
}

Finding conclude(const Repetition& repetition, const std::string& more) {
  const std::string found = left_behind(repetition);
  require(found.empty(), fmt::format("{}: {}", times_text(repetition), found));
  const bool told = !std::isnan(repetition.before.device_bytes);
  return {Verdict::fulfilled, fmt::format("{}{}{}", times_text(repetition), more,
                                          told ? "" : "; the device's memory is not told")};
}

/// Implementations that are prepared and released in turn.
class Turns {
 public:
  explicit Turns(Subject& subject) : subject_(subject) {
    for (const Choice& choice : choices(subject)) {
      turns_.push_back({std::make_unique<Specimen>(subject, choice, false), false});
    }
  }

  std::size_t count() const { return turns_.size(); }

  void take(std::size_t) {
    while (turns_[next_ % count()].slow && next_ / count() % kSlowTurns != 0) ++next_;
    Turn& turn = turns_[next_++ % count()];
    const auto begin = std::chrono::steady_clock::now();
    assay_executable* executable = nullptr;
    const assay_status status = turn.specimen->prepare(&executable);
    if (status == ASSAY_OK) subject_.table().release(executable);
    require(status == ASSAY_OK,
            fmt::format("preparing {} for {}, the {}th time: {}", turn.specimen->implementation(),
                        turn.specimen->problem(), next_, subject_.words(status)));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    // The first time it may compile what it keeps from then on.
    turn.slow = next_ > count() && took.count() > kSlowSeconds;
  }

 private:
  struct Turn {
    std::unique_ptr<Specimen> specimen;
    bool slow = false;
  };

  Subject& subject_;
  std::vector<Turn> turns_;
  std::size_t next_ = 0;
};

Finding prepares_and_releases(Subject& subject) {
  Turns turns(subject);
  const auto repetition = repeat(subject, cycles(subject), turns.count(), budget(subject),
                                 [&](std::size_t i) { turns.take(i); });
  return conclude(repetition, fmt::format("; {} implementations", turns.count()));
}

Finding buffers(Subject& subject) {
  const std::vector<std::byte> content(4096);
  const auto repetition = repeat(subject, cycles(subject), 1, budget(subject), [&](std::size_t) {
    const HeldBuffer buffer(subject, content.size());
    buffer.upload(content);
  });
  return conclude(repetition, "");
}

Finding openings(Subject& subject) {
  subject.probed();
  assay_open_options options = {};
  options.struct_size = sizeof options;
  const auto repetition = repeat(subject, kOpenings, 1, budget(subject), [&](std::size_t) {
    assay_device* device = nullptr;
    const assay_status status = subject.table().open(subject.options().device, &options, &device);
    require(status == ASSAY_OK, subject.words(status));
    subject.table().close(device);
  });
  return conclude(repetition, "");
}

}  // namespace

void add_reopening_clause(std::vector<Clause>& clauses) {
  clauses.push_back({"device", "reopen", "opened and closed often, leaves nothing", openings});
}

void add_resource_clauses(std::vector<Clause>& clauses) {
  const auto add = [&](const char* name, const char* rule, Finding (*examine)(Subject&)) {
    clauses.push_back({"resources", name, rule, examine});
  };
  add("buffers", "allocated and freed often, leave nothing", buffers);
  add("executables", "prepared and released often, leave nothing", prepares_and_releases);
}

}  // namespace assay::harness::conformance
