#include "harness/cli/duel/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "harness/cli/duel/process.h"
#include "harness/environment/neutral.h"
#include "kernels/error.h"
#include "results/record/parse_json.h"
#include "results/trust/trust.h"

namespace assay::cli::duel {

using nlohmann::json;
namespace trust = results::trust;

namespace {

std::string number_text(double value) {
  return fmt::format("{}", value);
}

Program assay_program(const SideChoice& side, std::vector<std::string> arguments) {
  Program out;
  std::error_code error;
  out.words = {side.program.empty()
                   ? std::filesystem::read_symlink("/proc/self/exe", error).string()
                   : side.program};
  out.words.insert(out.words.end(), arguments.begin(), arguments.end());
  if (!side.modules.empty()) out.variables = {"ASSAY_BACKEND_PATH=" + side.modules};
  out.keeps_output = out.ignores_interrupt = true;
  return out;
}

void add_how(std::vector<std::string>& out, const MeasurementChoice& choice) {
  const harness::plan::MeasurementOptions& options = choice.measurement;
  if (options.mode) out.insert(out.end(), {"--mode", std::string(name(*options.mode))});
  if (choice.threads > 0) out.insert(out.end(), {"--threads", fmt::format("{}", choice.threads)});
  if (options.target) out.insert(out.end(), {"--target", number_text(*options.target)});
  if (options.budget_seconds) {
    out.insert(out.end(), {"--budget", number_text(*options.budget_seconds)});
  }
}

std::vector<std::string> plan_arguments(const MeasurementChoice& choice) {
  std::vector<std::string> out = {"run", "--dry-run", "--json"};
  if (!choice.suite.empty()) out.insert(out.end(), {"--suite", choice.suite});
  for (const auto& problem : choice.problems) {
    out.insert(out.end(), {"--problem", problem.text()});
  }
  for (const auto& one : choice.measurement.implementations) {
    out.insert(out.end(), {"--implementation", one});
  }
  for (const auto division : choice.measurement.divisions) {
    out.insert(out.end(), {"--division", std::string(name(division))});
  }
  for (const auto& device : choice.devices) out.insert(out.end(), {"--device", device});
  add_how(out, choice);
  return out;
}

/// The kind of a doubt; nullptr if this build does not know it.
const trust::FaultFacts* fault_in(const json& doubt) {
  const std::string name = doubt.at("fault");
  const auto known = std::ranges::find(trust::kFaults, name, &trust::FaultFacts::name);
  return known == trust::kFaults.end() ? nullptr : &*known;
}

/// Why a figure may be off, from the record's doubts as another build writes them; a doubt that
/// this build does not know counts.
std::string doubt_in(const json& record) {
  const auto found = record.find("trust");
  if (found == record.end()) return "";
  std::string text;
  for (const json& doubt : found->at("doubts")) {
    const auto known = fault_in(doubt);
    if (known && known->effect == trust::Effect::widens) continue;
    text += (text.empty() ? "" : "; ") + doubt.at("text").get<std::string>();
  }
  return text;
}

/// Why the figure is none, by the same doubts.
std::string failure_in(const json& record) {
  const auto found = record.find("trust");
  if (found == record.end()) return "";
  for (const json& doubt : found->at("doubts")) {
    const auto known = fault_in(doubt);
    if (known && trust::leaves_no_figure(known->fault)) return doubt.at("text");
  }
  return "";
}

/// The device's clock in the store's only record; nullopt where there is none.
std::optional<double> clock_in(const std::string& store, const SideChoice& side,
                               const Session& session) {
  const Ended ended = run_to_end(assay_program(side, {"show", "--json", "--db", store}),
                                 session.timeout_seconds, *session.interrupt);
  const json records = results::record::parse_json<json>(ended.output);
  if (!records.is_array() || records.empty() || !records[0].is_object()) return std::nullopt;
  const json clock = records[0].value("sensors", json::object()).value("clock_hz_median", json());
  return clock.is_number() ? std::optional(clock.get<double>()) : std::nullopt;
}

Shot shot_of(const json& record) {
  Shot out;
  const std::string status = record.at("status");
  if (status != "ok") {
    out.failure = fmt::format("{}: {}", status, record.value("reason", ""));
    out.wrong = status == name(results::record::Status::wrong);
    return out;
  }
  out.seconds = record.at("median_seconds");
  out.operands_hash = record.value("operands_hash", "");
  out.doubt = doubt_in(record);
  out.failure = failure_in(record);
  if (!(out.seconds > 0)) out.failure = "it gave no time";
  return out;
}

/// Removes the store's file and those that the database keeps beside it.
void remove_store(const std::string& store) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::filesystem::remove(store + suffix, ignored);
  }
}

/// One arm of a side that is measured by its program.
class Contender {
 public:
  Contender(SideChoice side, Session session, std::vector<std::string> arguments)
      : side_(std::move(side)), session_(std::move(session)) {
    static int number = 0;
    store_ = fmt::format("{}/{}.db", session_.folder, ++number);
    arguments.insert(arguments.end(), {"--db", store_, "--json"});
    program_ = assay_program(side_, std::move(arguments));
  }

  Shot measure() {
    remove_store(store_);
    const Ended ended = run_to_end(program_, session_.timeout_seconds, *session_.interrupt);
    Shot out;
    try {
      const json records = json::parse(ended.output).at("records");
      if (records.size() == 1) {
        out = shot_of(records[0]);
        if (tells_clock_) out.clock_hz = clock_in(store_, side_, session_);
        tells_clock_ = out.clock_hz.has_value();
      } else {
        out.failure = fmt::format("it printed {} measurements", records.size());
      }
    } catch (const json::exception&) {
      // Another build may print something else.
      out.failure = ended.failure().empty() ? "it printed no measurement" : ended.failure();
    }
    return out;
  }

 private:
  SideChoice side_;
  Session session_;
  std::string store_;
  Program program_;
  bool tells_clock_ = true;  ///< until the first measurement shows none
};

Runner runner_of(const SideChoice& side, const Session& session,
                 const std::vector<std::string>& arguments) {
  const auto contender = std::make_shared<Contender>(side, session, arguments);
  return [contender] { return contender->measure(); };
}

Entry entry_of(const json& planned, const SideChoice& side, const Session& session) {
  Entry out;
  out.problem = planned.at("problem");
  out.device = planned.at("device");
  out.implementation = planned.at("implementation");
  const std::string mode = planned.at("mode");
  out.mode = mode == "hot" ? results::record::Mode::hot : results::record::Mode::cold;
  MeasurementChoice how = choice_of(side, session.choice);
  how.measurement.mode = out.mode;
  std::vector<std::string> arguments = {
      "run",      "--problem", out.problem, "--implementation", out.implementation,
      "--device", out.device};
  add_how(arguments, how);
  out.prepare = [=] { return runner_of(side, session, arguments); };
  return out;
}

}  // namespace

std::vector<Entry> entries_of_program(const SideChoice& side, const std::string& letter,
                                      const Session& session) {
  const Program program = assay_program(side, plan_arguments(choice_of(side, session.choice)));
  const Ended ended = run_to_end(program, session.timeout_seconds, *session.interrupt);
  std::vector<Entry> out;
  try {
    const json plan = json::parse(ended.output);
    for (const json& planned : plan.at("entries")) {
      if (!planned.value("modelled", false)) out.push_back(entry_of(planned, side, session));
    }
  } catch (const json::exception&) {
    const std::string failure = ended.failure();
    throw InputError(fmt::format("{} = {}: `{} run --dry-run` printed no plan{}{}", letter,
                                 side.text, program.words[0], failure.empty() ? "" : ": ", failure),
                     "try that program by itself");
  }
  return out;
}

Runner runner_of_command(const std::string& command, bool for_shell, const Session& session) {
  Program program;
  if (command.find_first_not_of(" \t\n") == std::string::npos) {
    throw InputError("--command: is empty", "name a program");
  }
  program.words = words_of(command, for_shell);
  program.variables = harness::environment::original_variables();
  return [program, timeout = session.timeout_seconds, interrupt = session.interrupt] {
    const Ended ended = run_to_end(program, timeout, *interrupt);
    Shot out;
    out.seconds = ended.seconds;
    out.failure = ended.failure();
    return out;
  };
}

}  // namespace assay::cli::duel
