#include "harness/conformance/runner.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "harness/conformance/examiner.h"
#include "harness/measure/clock.h"
#include "harness/measure/foreign_text.h"
#include "harness/worker/answer_check.h"
#include "harness/worker/child.h"
#include "harness/worker/device_worker.h"
#include "kernels/error.h"
#include "results/record/parse_json.h"

namespace assay::harness::conformance {
namespace {

using measure::seconds_now;
using nlohmann::json;
using worker::Child;

/// The clean text at `key`; empty if there is none, since a module can write anything.
std::string text_of(const json& message, const char* key) {
  if (!message.is_object()) return {};
  const auto found = message.find(key);
  return found != message.end() && found->is_string()
             ? measure::foreign_text(found->get_ref<const std::string&>())
             : std::string();
}

/// A process that tests clauses, and its messages.
class Examiner {
 public:
  Examiner(const SubjectOptions& options, double timeout_seconds)
      : child_(Child::start(worker::WorkerSettings().executable, {"worker"},
                            worker::worker_environment())),
        timeout_seconds_(timeout_seconds) {
    child_.limit(worker::kLongestAnswer);
    child_.send(line_of(options));
  }

  void ask(const json& request) { child_.send(request.dump()); }

  /// The next message; nullopt if the process ended or sent nothing in time. Progress messages go
  /// to `on_life`.
  template <class OnLife>
  std::optional<json> receive(const OnLife& on_life) {
    std::string line;
    while (child_.receive(line, timeout_seconds_) == Child::Event::line) {
      const json message = results::record::parse_json<json>(line);
      const std::string says = text_of(message, kSays);
      if (says == "refused") {
        throw InputError(text_of(message, "reason"), text_of(message, "hint"));
      }
      if (says != "alive") {
        spoiled_ = says.empty();
        return spoiled_ ? std::nullopt : std::optional(message);
      }
      on_life(text_of(message, "doing"));
      last_life_ = seconds_now();
    }
    spoiled_ = child_.overfull();
    hung_ = seconds_now() - last_life_ >= timeout_seconds_;
    return std::nullopt;
  }

  bool hung() const { return hung_; }

  /// Describes how the process ended.
  std::string end() {
    const worker::Exit exit = child_.finish();
    if (spoiled_) return "the module wrote into the test's messages";
    if (hung_) return fmt::format("hung: no message for {:g} s", timeout_seconds_);
    std::string text =
        exit.signal != 0 ? "crashed with " + exit.text() : "ended the process with " + exit.text();
    const std::string output = child_.last_output();
    return output.empty() ? text : fmt::format("{}; last output: {}", text, output);
  }

 private:
  Child child_;
  double timeout_seconds_;
  double last_life_ = seconds_now();
  bool hung_ = false;
  bool spoiled_ = false;  ///< something else than a message came
};

Finding finding_in(const json& message) {
  const auto verdict = message.find("verdict");
  for (const Verdict one : {Verdict::fulfilled, Verdict::noted, Verdict::broken, Verdict::untested,
                            Verdict::inconclusive, Verdict::absent}) {
    if (verdict != message.end() && *verdict == json(one)) return {one, text_of(message, "text")};
  }
  return {Verdict::broken, "the test's message has no verdict"};
}

/// Tests the clauses in a series of examiners; a crash or a hang ends an examiner.
class Examination {
 public:
  Examination(std::span<const Clause> clauses, const SubjectOptions& options,
              const RunnerSettings& settings)
      : clauses_(clauses), options_(options), settings_(settings) {}

  std::vector<Result> results() {
    while (skip_lost()) run_examiner();
    return std::move(results_);
  }

 private:
  /// Skips clauses that can no longer be tested. Returns whether others are left.
  bool skip_lost() {
    while (results_.size() < clauses_.size()) {
      const Clause& next = clauses_[results_.size()];
      if (!hung_ && !lost_.contains(next.group)) return true;
      add({Verdict::untested,
           hung_ ? "an earlier clause hung" : "an earlier clause of its group ended the process"});
    }
    return false;
  }

  void add(Finding finding, double seconds = 0) {
    results_.push_back({&clauses_[results_.size()], std::move(finding), seconds});
  }

  void report(const std::string& doing) const {
    if (settings_.on_progress) settings_.on_progress(results_.size(), doing);
  }

  void run_examiner() {
    Examiner examiner(options_, settings_.timeout_seconds);
    json ids = json::array();
    for (std::size_t i = results_.size(); i < clauses_.size(); ++i) {
      if (!lost_.contains(clauses_[i].group)) ids.push_back(clauses_[i].id());
    }
    examiner.ask({{kAsk, "examine"}, {"clauses", ids}});
    while (skip_lost()) {
      report("");
      const double begin = seconds_now();
      const auto message = examiner.receive([&](const std::string& doing) { report(doing); });
      const double seconds = seconds_now() - begin;
      if (!message) {
        lost_.insert(clauses_[results_.size()].group);
        add({Verdict::broken, examiner.end()}, seconds);
        // After a hang, every later clause would probably hang too.
        hung_ = examiner.hung();
        return;
      }
      add(finding_in(*message), seconds);
    }
  }

  std::span<const Clause> clauses_;
  const SubjectOptions& options_;
  const RunnerSettings& settings_;
  std::vector<Result> results_;
  std::set<std::string> lost_;  ///< groups in which a clause ended the process
  bool hung_ = false;
};

}  // namespace

std::vector<Result> examine(std::span<const Clause> clauses, const SubjectOptions& options,
                            const RunnerSettings& settings) {
  return Examination(clauses, options, settings).results();
}

DeviceNames device_names(const SubjectOptions& options, const RunnerSettings& settings) {
  Examiner examiner(options, settings.timeout_seconds);
  examiner.ask({{kAsk, "devices"}});
  const auto message = examiner.receive([](const std::string&) {});
  if (!message) return {{}, examiner.end()};
  DeviceNames out = {{}, text_of(*message, "failure")};
  const auto names = message->find("names");
  if (names == message->end() || !names->is_array()) return {{}, "the message has no names"};
  for (const json& one : *names) {
    const json named = {{"name", one}};
    out.names.push_back(measure::foreign_line(text_of(named, "name")));
  }
  return out;
}

}  // namespace assay::harness::conformance
