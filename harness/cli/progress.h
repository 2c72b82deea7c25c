// What a person sees while measurements are made.
#pragma once

#include <cstdio>
#include <string>

#include "harness/plan/plan.h"
#include "harness/terminal/live_line.h"
#include "results/record/record.h"

namespace assay::cli {

/// One line for a finished measurement: time, spread, rate, check; or what went wrong. Led by the
/// device's name where several were measured.
std::string record_line(const results::record::Record& record, bool several_devices);

/// On a terminal one live line on stderr (done of all, what runs now, elapsed and remaining time),
/// and lasting lines only for what fell short; elsewhere one line a measurement on `lines`. The
/// user may want more or less of it (harness/terminal/telling.h).
class Progress {
 public:
  Progress(const harness::plan::Plan& plan, std::FILE* lines);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void begins(std::size_t index, const harness::plan::PlanEntry& entry);
  void phase(const std::string& phase);
  void ends(std::size_t index, const harness::plan::PlanEntry& entry,
            const results::record::Record& record);
  void erase() { line_.erase(); }

  double elapsed() const { return line_.elapsed(); }
  /// Seconds to go: the estimates, corrected by how those so far turned out.
  double remaining() const;

 private:
  void draw(const std::string& phase);

  const harness::plan::Plan& plan_;
  harness::terminal::LiveLine line_;
  bool several_devices_;
  std::FILE* lines_;
  std::size_t index_ = 0;
  double estimated_done_ = 0;
  double elapsed_done_ = 0;
};

}  // namespace assay::cli
