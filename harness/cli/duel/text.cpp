#include "harness/cli/duel/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/bisect.h"
#include "harness/cli/verb.h"
#include "harness/terminal/wrapped.h"
#include "results/duel/words.h"
#include "results/page/text.h"
#include "results/record/json_library.h"

namespace assay::cli::duel {

using harness::terminal::wrapped;
using nlohmann::ordered_json;
using results::duel::Judgement;
using results::duel::Outcome;

namespace {

bool is_decided(const Contest& contest) {
  return contest.failure.empty() && decided(contest.duel.judgement().outcome);
}

/// Whether doubtful rounds are why there is no decision.
bool undecided_for_doubts(const Contest& contest) {
  const Judgement judgement = contest.duel.judgement();
  return judgement.outcome == Outcome::undecided && !contest.repeated.empty() &&
         (contest.gave_up || contest.repeated.size() > judgement.rounds);
}

std::string repeated_text(const Contest& contest) {
  if (contest.repeated.empty() || undecided_for_doubts(contest)) return "";
  return fmt::format("{} did not count: {}",
                     results::page::counted(contest.repeated.size(), "round"),
                     contest.repeated.back());
}

/// Why the numbers mean what they say.
std::string notes_text(const DuelReport& report) {
  const std::string effect = results::page::target_text(report.options.effect);
  const double error = report.contests->front().duel.options().error;
  std::string text = wrapped(
      fmt::format(
          "Percentages are of A's speed (A's time / B's time - 1). {:.4g}% intervals that "
          "hold at every look: whatever the noise and the load, if B takes a constant "
          "multiple of A's time, the order of the rounds, drawn by chance (--seed {}), makes "
          "them so.",
          100 * (1 - error), report.fight.seed),
      0);
  const bool open = std::any_of(report.contests->begin(), report.contests->end(),
                                [](const Contest& one) { return !is_decided(one); });
  if (open) {
    text +=
        wrapped(fmt::format("Not all is decided at --effect {}: --within gives more time, a larger "
                            "--effect needs fewer rounds.",
                            effect),
                0);
  }
  return text;
}

ordered_json entry_json(const std::optional<Entry>& entry) {
  if (!entry) return nullptr;
  return {{"device", entry->device},
          {"implementation", entry->implementation},
          {"mode", name(entry->mode)}};
}

std::string outcome_name(const Contest& contest) {
  if (!contest.failure.empty()) {
    if (!contest.b_is_wrong) return "failed";
    return contest.a_is_wrong ? "both are wrong" : "B is wrong";
  }
  return std::string(name(contest.duel.judgement().outcome));
}

ordered_json contest_json(const Contest& contest) {
  ordered_json out = {{"problem", contest.a ? ordered_json(contest.a->problem) : ordered_json()},
                      {"A", entry_json(contest.a)},
                      {"B", entry_json(contest.b)},
                      {"text", outcome_text(contest)}};
  out.update(results::duel::to_json(contest.duel.judgement()));
  out["outcome"] = outcome_name(contest);
  out["failure"] = contest.failure;
  out["confidence"] = 1 - contest.duel.options().error;
  out["repeated"] = contest.repeated;
  ordered_json rounds = ordered_json::array();
  for (const results::duel::Round& round : contest.duel.rounds()) {
    rounds.push_back(results::duel::to_json(round));
  }
  out["measurements"] = rounds;
  return out;
}

}  // namespace

std::string outcome_text(const Contest& contest) {
  if (!contest.failure.empty()) return "not judged: " + contest.failure;
  const Judgement judgement = contest.duel.judgement();
  const std::size_t lost = contest.repeated.size();
  if (!undecided_for_doubts(contest)) return sentence(judgement, contest.duel.options());
  std::string text = fmt::format("not decided: {} of {} did not count ({})", lost,
                                 results::page::counted(lost + judgement.rounds, "round"),
                                 contest.repeated.back());
  if (judgement.rounds > 0) text += "; so far " + results::duel::speed_text(judgement.speed);
  return text + "; measure on a quiet machine, or count them with --doubtful";
}

std::string rounds_text(const Contest& contest) {
  const Judgement judgement = contest.duel.judgement();
  if (judgement.rounds == 0) return "no round counts";
  return fmt::format("{}; control, each side against itself: {}",
                     results::page::counted(judgement.rounds, "round"),
                     results::duel::control_text(judgement.control));
}

std::string duel_text(const DuelReport& report) {
  std::string text = wrapped("A = " + report.a, 0) + wrapped("B = " + report.b, 0);
  for (const Contest& contest : *report.contests) {
    text += "\n" + (contest.title.empty() ? "" : wrapped(contest.title, 0));
    text += wrapped(outcome_text(contest), 2);
    if (contest.duel.judgement().rounds > 0) text += wrapped(rounds_text(contest), 2);
    if (const std::string repeated = repeated_text(contest); !repeated.empty()) {
      text += wrapped(repeated, 2);
    }
  }
  if (!report.unpaired.empty()) text += "\nOnly one side offers, and so not judged:\n";
  for (const std::string& one : report.unpaired) text += wrapped(one, 2);
  text += fmt::format("\n{}{}\n", results::page::duration_text(report.seconds),
                      report.stopped ? ", stopped before the end" : "");
  return text + notes_text(report);
}

ordered_json to_json(const DuelReport& report) {
  ordered_json contests = ordered_json::array();
  for (const Contest& contest : *report.contests) contests.push_back(contest_json(contest));
  return {{"A", report.a},
          {"B", report.b},
          {"effect", report.options.effect},
          {"seed", report.fight.seed},
          {"seconds", report.seconds},
          {"stopped", report.stopped},
          {"contests", contests},
          {"only_one_side_offers", report.unpaired}};
}

int exit_code(const DuelReport& report, bool for_bisect) {
  bool wrong = false, all_decided = report.unpaired.empty();
  for (const Contest& contest : *report.contests) {
    if (contest.failure.empty() && contest.duel.judgement().outcome == Outcome::slower) {
      return kFinding;
    }
    wrong |= contest.b_is_wrong;
    all_decided &= is_decided(contest);
  }
  if (wrong) return for_bisect ? kSkipCommit : kFinding;
  return all_decided ? kDone : for_bisect ? kSkipCommit : kNothingRan;
}

}  // namespace assay::cli::duel
