#include "harness/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "harness/terminal/telling.h"
#include "harness/worker/device_worker.h"
#include "results/page/figures.h"
#include "results/page/quantity_text.h"
#include "results/page/rate_text.h"
#include "results/page/text.h"
#include "results/record/listing.h"
#include "results/trust/trust.h"

namespace assay::cli {
namespace {

using results::record::Record;
using results::record::Status;

std::string rate(const Record& record) {
  return results::record::figure_of(record) == kernels::Figure::bytes
             ? results::page::byte_rates_text(record)
             : results::page::rate_text(record);
}

/// The text after two blanks; nothing where there is none.
std::string after_blanks(const std::string& text) {
  return text.empty() ? text : "  " + text;
}

}  // namespace

std::string record_line(const Record& record, bool several_devices) {
  std::string text = several_devices ? results::record::device_key(record.device) + "  " : "";
  text += fmt::format("{}  {}  ", results::record::brief_problem(record.problem),
                      record.implementation.name);
  if (record.status != Status::ok) {
    return text + fmt::format("{}: {}", name(record.status), record.reason);
  }
  if (is_modelled(record)) {
    return text + fmt::format("{}{}  modelled: nothing ran",
                              results::page::duration_text(record.summary.median),
                              after_blanks(rate(record)));
  }
  const results::trust::Trust trust = results::trust::trust_of(record);
  const bool doubtful = ranks(record) && !trust.may_decide();
  text += fmt::format("{} {}{}{}  {}", results::page::duration_text(record.summary.median),
                      results::page::half_width_text(record), doubtful ? "!" : "",
                      after_blanks(rate(record)), name(record.check.outcome));
  const std::string energy = results::page::energy_text(record.energy);
  if (!energy.empty()) text += fmt::format("; {} per launch", energy);
  if (doubtful) text += "; " + trust.names();
  for (const results::record::Note& note : record.notes) {
    // The doubt about the interval says the same.
    if (note.kind == results::record::NoteKind::target_missed) continue;
    // Few samples last long enough for a sensor; that is told where energy was asked for.
    const bool expected =
        note.kind == results::record::NoteKind::energy_missing && record.settings.burn_seconds <= 0;
    if (!expected) text += "; " + note.text;
  }
  return text;
}

Progress::Progress(const harness::plan::Plan& plan, std::FILE* lines)
    : plan_(plan),
      line_(harness::terminal::draws_status()),
      several_devices_(std::any_of(plan.entries.begin(), plan.entries.end(),
                                   [&](const harness::plan::PlanEntry& entry) {
                                     return entry.device != plan.entries.front().device;
                                   })),
      lines_(lines) {}

double Progress::remaining() const {
  const double trust = estimated_done_ > 0 ? elapsed_done_ / estimated_done_ : 1;
  const double left = (plan_.seconds() - estimated_done_) * trust;
  return std::max(0.0, left - (elapsed() - elapsed_done_));
}

void Progress::begins(std::size_t index, const harness::plan::PlanEntry&) {
  index_ = index;
  draw("start");
}

void Progress::phase(const std::string& phase) {
  draw(phase);
}

void Progress::draw(const std::string& phase) {
  const harness::plan::PlanEntry& entry = plan_.entries[index_];
  line_.show(fmt::format("{}/{}  {} elapsed, {} to go  {}  {}: {}", index_ + 1,
                         plan_.entries.size(), results::page::duration_text(elapsed()),
                         results::page::duration_text(remaining()), entry.implementation, phase,
                         results::record::brief_problem(entry.problem.text())));
}

void Progress::ends(std::size_t index, const harness::plan::PlanEntry& entry,
                    const Record& record) {
  estimated_done_ += entry.estimate.seconds;
  elapsed_done_ = elapsed();
  const bool short_of = record.status != Status::ok ||
                        (!is_modelled(record) && !results::trust::trust_of(record).may_decide());
  const harness::terminal::Telling& telling = harness::terminal::telling();
  const bool each = telling.each_measurement || (telling.progress && isatty(STDERR_FILENO) == 0);
  if (!each && !short_of) return;
  erase();
  fmt::print(lines_, "[{}/{}] {}\n", index + 1, plan_.entries.size(),
             record_line(record, several_devices_));
  std::fflush(lines_);
}

}  // namespace assay::cli
