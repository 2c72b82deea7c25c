#include "tests/conformance/runner.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace assay::conformance {
namespace {

using nlohmann::json;
using SteadyClock = std::chrono::steady_clock;

/// A forked child that says one JSON value a line.
class Examiner {
 public:
  template <class Work>
  explicit Examiner(Work work) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("no pipe can be made");
    fflush(nullptr);
    process_ = fork();
    if (process_ == 0) {
      close(ends[0]);
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      // What a module prints is talk; stdout is for the report.
      dup2(STDERR_FILENO, STDOUT_FILENO);
      work([out = ends[1]](const json& line) {
        const std::string text = line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
        if (write(out, text.data(), text.size()) < 0) _exit(1);
      });
      _exit(0);
    }
    close(ends[1]);
    input_ = ends[0];
  }
  ~Examiner() {
    end();
    close(input_);
  }
  Examiner(const Examiner&) = delete;
  Examiner& operator=(const Examiner&) = delete;

  /// The next line; none where the child ended or `timeout_seconds` passed.
  std::optional<json> receive(double timeout_seconds) {
    const auto deadline = SteadyClock::now() + std::chrono::duration_cast<SteadyClock::duration>(
                                                   std::chrono::duration<double>(timeout_seconds));
    while (text_.find('\n') == std::string::npos) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
      pollfd watched = {input_, POLLIN, 0};
      const int ready = poll(&watched, 1, static_cast<int>(std::max<long>(0, left.count())));
      if (ready < 0 && errno == EINTR) continue;
      hung_ = ready == 0;
      if (hung_) return std::nullopt;
      char block[4096];
      const ssize_t count = read(input_, block, sizeof block);
      if (count <= 0) return std::nullopt;
      text_.append(block, static_cast<std::size_t>(count));
    }
    const std::size_t at = text_.find('\n');
    const json line = json::parse(text_.substr(0, at));
    text_.erase(0, at + 1);
    return line;
  }

  bool hung() const { return hung_; }

  /// How it ended, in words.
  std::string end() {
    if (process_ < 0) return ended_;
    if (hung_) kill(process_, SIGKILL);
    int status = 0;
    while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
    if (hung_) {
      ended_ = "hung";
    } else if (WIFSIGNALED(status)) {
      ended_ = fmt::format("crashed with SIG{}", sigabbrev_np(WTERMSIG(status)));
    } else {
      ended_ = fmt::format("ended the process with exit code {}", WEXITSTATUS(status));
    }
    return ended_;
  }

 private:
  pid_t process_ = -1;
  int input_ = -1;
  bool hung_ = false;
  std::string text_, ended_;
};

Finding examine_one(const Clause& clause, Subject& subject) {
  try {
    return clause.examine(subject);
  } catch (const Violation& violation) {
    return {Verdict::failed, violation.what()};
  } catch (const Unmet& unmet) {
    return {Verdict::skipped, unmet.what()};
  } catch (const std::exception& exception) {
    return {Verdict::failed, fmt::format("an exception left the module: {}", exception.what())};
  } catch (...) {
    return {Verdict::failed, "an exception left the module"};
  }
}

}  // namespace

std::vector<Result> examine(std::span<const Clause> clauses, const SubjectOptions& options,
                            double timeout_seconds) {
  std::vector<Result> results;
  std::set<std::string> lost;  // groups in which a clause ended the process
  while (results.size() < clauses.size()) {
    const std::size_t first = results.size();
    Examiner child([&](const auto& say) {
      Subject subject(options);
      for (std::size_t i = first; i < clauses.size(); ++i) {
        Finding finding = {Verdict::skipped, "an earlier clause of its group ended the process"};
        if (!lost.contains(clauses[i].group)) finding = examine_one(clauses[i], subject);
        say(json{{"verdict", finding.verdict}, {"text", finding.text}});
      }
    });
    while (results.size() < clauses.size()) {
      const auto line = child.receive(timeout_seconds);
      if (!line) break;
      results.push_back(
          {&clauses[results.size()], {line->at("verdict").get<Verdict>(), line->at("text")}});
    }
    if (results.size() == clauses.size()) break;
    const Clause& fatal = clauses[results.size()];
    lost.insert(fatal.group);
    results.push_back({&fatal, {Verdict::failed, child.end()}});
    if (!child.hung()) continue;
    // What hung once would be waited for in every clause to come.
    while (results.size() < clauses.size()) {
      results.push_back({&clauses[results.size()], {Verdict::skipped, "an earlier clause hung"}});
    }
  }
  return results;
}

DeviceNames device_names(const SubjectOptions& options, double timeout_seconds) {
  Examiner child([&](const auto& say) {
    Subject subject(options);
    json names = json::array();
    try {
      for (std::uint32_t index = 0; index < subject.probed().device_count; ++index) {
        assay_device_info info = {};
        info.struct_size = sizeof info;
        const bool told = subject.table().device_info(index, &info) == ASSAY_OK && info.name;
        names.push_back(told ? info.name : "");
      }
    } catch (...) {
      return;  // A clause has said why.
    }
    say(names);
  });
  const auto line = child.receive(timeout_seconds);
  if (!line) return {};
  return {true, line->get<std::vector<std::string>>()};
}

}  // namespace assay::conformance
