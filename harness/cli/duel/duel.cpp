// assay duel A B: two sides measured in alternation until a difference is shown or excluded.
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <memory>
#include <random>

#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/duel/fight.h"
#include "harness/cli/duel/own.h"
#include "harness/cli/duel/process.h"
#include "harness/cli/duel/program.h"
#include "harness/cli/duel/text.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/measure/clock.h"
#include "harness/terminal/live_line.h"
#include "harness/terminal/telling.h"
#include "kernels/error.h"
#include "results/process/temporary_folder.h"
#include "results/record/json_library.h"

namespace assay::cli::duel {
extern const Verb verb;

namespace {

/// For each problem and implementation, where --within is not given.
constexpr double kSecondsPerContest = 120;
/// On a file, progress is printed no more often than this.
constexpr double kSecondsBetweenLines = 5;

struct Arguments {
  std::vector<std::string> sides, commands;
  MeasurementChoice what;
  double effect = 0;
  double budget_seconds = 0;
  std::optional<double> seconds, timeout_seconds;
  std::size_t rounds = 0;
  std::optional<std::uint32_t> seed;
  bool doubtful = false, bisect = false, json = false;
};

Pairing commands_contest(const Arguments& arguments, const Session& session,
                         const results::duel::DuelOptions& options) {
  if (!arguments.sides.empty() || !arguments.what.problems.empty() ||
      !arguments.what.suite.empty()) {
    throw InputError("--command does not go with sides, --problem or --suite",
                     "assay duel --command 'A' --command 'B'");
  }
  if (arguments.commands.size() != 2) {
    throw InputError("two commands are needed", "assay duel --command 'A' --command 'B'");
  }
  const bool shell = needs_shell(arguments.commands[0]) || needs_shell(arguments.commands[1]);
  const Runner a = runner_of_command(arguments.commands[0], shell, session);
  const Runner b = runner_of_command(arguments.commands[1], shell, session);
  Pairing out;
  out.contests.push_back(
      {.title = "", .a = {}, .b = {}, .arms = {a, b, a, b}, .duel = results::duel::Duel(options)});
  return out;
}

Pairing find_contests(const Arguments& arguments, const Session& session,
                      const results::duel::DuelOptions& options) {
  if (!arguments.commands.empty()) return commands_contest(arguments, session, options);
  if (arguments.sides.size() != 2) {
    throw InputError("a duel needs two sides", "assay duel threads=1 threads=2 --problem …");
  }
  if (arguments.what.problems.empty() && arguments.what.suite.empty()) {
    throw InputError("there is nothing to measure: --problem and --suite are missing",
                     "--problem \"matmul m=1024 n=1024 k=1024 a=f32\"");
  }
  const SideChoice a = parse_side(arguments.sides[0], "A"), b = parse_side(arguments.sides[1], "B");
  if (!a.program.empty() || !b.program.empty()) {
    return contests_of(a, entries_of_program(a, "A", session), b,
                       entries_of_program(b, "B", session), options);
  }
  Modules modules;
  return contests_of(a, entries_of_workers(a, modules, session), b,
                     entries_of_workers(b, modules, session), options);
}

/// Shows rounds, the ratio so far and its interval on stderr.
class Rounds {
 public:
  explicit Rounds(const std::vector<Contest>& contests)
      : contests_(contests), line_(harness::terminal::draws_status()) {}

  void show(const Progressed& progressed) {
    const Contest& contest = contests_[progressed.contest];
    const std::size_t rounds = contest.duel.rounds().size();
    std::string text =
        fmt::format("{}{}round {}: {}", contest.title, contest.title.empty() ? "" : ": ", rounds,
                    outcome_text(contest));
    if (!progressed.counted) text = "does not count: " + contest.repeated.back();
    line_.show(text);
    if (isatty(STDERR_FILENO) != 0 || !harness::terminal::telling().progress ||
        line_.elapsed() < next_) {
      return;
    }
    next_ = line_.elapsed() + kSecondsBetweenLines;
    fmt::print(stderr, "{}\n", text);
  }
  void erase() { line_.erase(); }
  double elapsed() const { return line_.elapsed(); }

 private:
  const std::vector<Contest>& contests_;
  harness::terminal::LiveLine line_;
  double next_ = kSecondsBetweenLines;
};

int fight_out(const Arguments& arguments, std::vector<Contest>& contests, DuelReport& report,
              const harness::worker::Interrupt& interrupt) {
  Rounds rounds(contests);
  int signal = 0;
  try {
    fight(
        contests, report.fight, [&](const Progressed& one) { rounds.show(one); }, interrupt);
  } catch (const harness::worker::Interrupted& interrupted) {
    signal = interrupted.signal;
    report.stopped = true;
  }
  rounds.erase();
  report.seconds = rounds.elapsed();
  if (arguments.json) {
    fmt::print("{}\n", to_json(report).dump(2, ' ', false,
                                            nlohmann::ordered_json::error_handler_t::replace));
  } else {
    fmt::print("{}", duel_text(report));
  }
  return signal != 0 ? 128 + signal : exit_code(report, arguments.bisect);
}

int duel(const Arguments& arguments) {
  const harness::worker::Interrupt interrupt;
  const results::process::TemporaryFolder folder("duel");
  Session session{arguments.what, arguments.timeout_seconds, folder.path(), &interrupt};
  session.choice.measurement.budget_seconds = arguments.budget_seconds;
  session.choice.measurement.target = arguments.effect / 2;
  DuelReport report;
  report.options.effect = arguments.effect;
  const std::vector<std::string>& names =
      arguments.commands.empty() ? arguments.sides : arguments.commands;
  try {
    Pairing found = find_contests(arguments, session, report.options);
    std::vector<Contest>& contests = found.contests;
    report.unpaired = found.unpaired;
    report.a = names[0];
    report.b = names[1];
    report.contests = &contests;
    report.fight = {
        arguments.seconds.value_or(kSecondsPerContest * static_cast<double>(contests.size())),
        arguments.rounds, arguments.seed ? *arguments.seed : std::random_device()(),
        arguments.doubtful};
    return fight_out(arguments, contests, report, interrupt);
  } catch (const harness::worker::Interrupted& interrupted) {
    fmt::print(stderr, "\nstopped before the first round\n");
    return 128 + interrupted.signal;
  }
}

void add_how(Options& options, Arguments& arguments) {
  options.group("How to measure");
  options
      .option("--effect", arguments.effect, share(),
              "The smallest difference in speed that matters")
      .default_value("2%");
  options.option("--within", arguments.seconds, duration(), "Longest time of the duel, e.g. 10m")
      .default_rule = "2m for each problem and implementation";
  options
      .option("--rounds", arguments.rounds, count<std::size_t>(),
              "Most rounds of four measurements")
      .default_value("1000");
  options
      .option("--budget", arguments.budget_seconds, duration(),
              "Longest time for the launches of one measurement")
      .default_value("250ms");
  add_how_to_measure(options, arguments.what);
  add_timeout_option(options, arguments.timeout_seconds);
  options.option("--seed", arguments.seed, seed<std::uint32_t>(), "Seed of the order of rounds")
      .default_rule = "random";
  options.flag("--doubtful", arguments.doubtful,
               "Count rounds in which the machine was busy or a measurement is doubtful");
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  Kind<std::string> side = text("SIDE");
  side.files = true;
  options.argument(arguments->sides, side,
                   "A and B: a path of an assay program, a folder of backend modules, a device "
                   "(cpu:0), an implementation (library/onednn) or settings (threads=1,mode=hot); "
                   "settings are device, implementation, threads, mode, program and modules");
  options.group("What to measure");
  add_what_to_measure(options, arguments->what);
  options.option("--command", arguments->commands, text("COMMAND"),
                 "Instead of sides, twice: measure the wall time of commands");
  add_how(options, *arguments);
  options.group("Output");
  options.flag("--bisect", arguments->bisect,
               "End with 125, which skips a commit, where nothing can be judged");
  add_json_option(options, arguments->json);
  options.footer(
      "A is the baseline. A round is two pairs of an A and a B, each measured by a new\n"
      "process, in an order drawn by chance. Rounds are repeated until B is slower or\n"
      "faster, until a difference as large as --effect is excluded, or until the time\n"
      "is used up. A real difference smaller than --effect ends in either of the first\n"
      "two, with its interval. The control compares each side with itself in the same\n"
      "rounds; while it shows a difference, none between A and B is told. Where the\n"
      "device tells its clock, a difference must hold in clock cycles too.\n"
      "\n"
      "Examples:\n"
      "  assay duel old/bin/assay new/bin/assay --problem \"copy n=1048576 type=f32\"\n"
      "  assay duel threads=1 threads=2 --suite quick --division library\n"
      "  assay duel --command './old 1000' --command './new 1000' --effect 5%\n"
      "  git bisect run sh -c 'make || exit 125; assay duel --bisect \\\n"
      "    --command ./good --command ./program'\n"
      "\n"
      "Exit code 0: all is decided and no B was told to be slower, or by less than\n"
      "--effect. 1: a B is slower, or its result is wrong. 3: not all could be decided,\n"
      "or one side lacks what the other one offers, and no B is slower. With --bisect,\n"
      "125 stands for 2, 3, 4 and a wrong result, which say nothing about speed.");
  return [arguments] { return duel(*arguments); };
}

}  // namespace

const Verb verb = {"duel", "Measure two sides in turns until a difference is decided", add,
                   VerbGroup::measure};

}  // namespace assay::cli::duel
