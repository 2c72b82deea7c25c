// assay conform MODULE: what of the backend interface a module fulfils, clause by clause.
#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "backends/loader.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/common.h"
#include "harness/cli/completion.h"
#include "harness/cli/verb.h"
#include "harness/conformance/report.h"
#include "harness/terminal/live_line.h"
#include "harness/terminal/quantities.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "kernels/nearest.h"

namespace assay::cli {
extern const Verb conform_verb;

namespace {

using harness::conformance::Clause;
using harness::conformance::Conclusion;
using harness::conformance::Section;
using harness::conformance::SubjectOptions;
using nlohmann::ordered_json;

constexpr const char* kFooter =
    "Examples:\n"
    "  assay conform ./build/assay_backend_mine.so\n"
    "  assay conform opencl --clause memory --clause '*.right'\n"
    "  assay conform --list\n"
    "\n"
    "MODULE is a module's file, or the name of a family that `assay devices` lists.\n"
    "Clauses are examined in processes of their own: a crash or a hang breaks one\n"
    "clause, and the rest of its group is not examined. What cannot be seen through\n"
    "the interface, such as a buffer's alignment, is not examined.\n"
    "Exit codes: 0 no clause is broken; 1 one is, or could not be examined though the\n"
    "module owes what it needs; 2 bad usage, or the module is not there or refused by\n"
    "the loader; 3 nothing is broken, but there is no device to exercise.";

struct Options {
  std::string module;
  std::vector<std::string> clauses;
  std::optional<std::uint32_t> device;
  std::string timeout = "60s";
  bool quick = false, json = false, list = false;
};

std::vector<std::string> module_names() {
  std::vector<std::string> names;
  for (const auto& file : backends::find_modules()) names.push_back(file.name);
  return names;
}

/// A word with a slash or the ending of a library is a file's path, any other a family's name.
std::filesystem::path module_file(const std::string& word) {
  if (word.find('/') != std::string::npos || word.ends_with(".so")) {
    const std::filesystem::path file = std::filesystem::absolute(word).lexically_normal();
    if (std::filesystem::is_regular_file(file)) return file;
    throw InputError(fmt::format("{}: there is no such file", word),
                     "name a module's file, such as build/assay_backend_mine.so");
  }
  std::vector<std::string> names;
  for (const auto& file : backends::find_modules()) {
    if (file.name == word) return std::filesystem::absolute(file.path);
    names.push_back(file.name);
  }
  throw InputError(fmt::format("there is no module {}", word),
                   did_you_mean(word, names,
                                fmt::format("there are {}; or name a file, such as ./{}.so",
                                            fmt::join(names, ", "), word)));
}

std::vector<std::string> clause_names() {
  std::vector<std::string> names;
  for (const auto& all :
       {harness::conformance::module_clauses(), harness::conformance::device_clauses()}) {
    for (const harness::conformance::Clause& clause : all) {
      if (names.empty() || !names.back().starts_with(clause.group + ".")) {
        names.push_back(clause.group);
      }
      names.push_back(clause.id());
    }
  }
  return names;
}

/// A pattern is a clause's name, a group's, or either with the shell's wildcards.
bool chosen(const harness::conformance::Clause& clause, const std::string& pattern) {
  return fnmatch(pattern.c_str(), clause.id().c_str(), 0) == 0 ||
         fnmatch(pattern.c_str(), clause.group.c_str(), 0) == 0;
}

struct Selection {
  std::vector<harness::conformance::Clause> of_module, of_device;
};

Selection select(const std::vector<std::string>& patterns) {
  Selection all = {harness::conformance::module_clauses(), harness::conformance::device_clauses()};
  if (patterns.empty()) return all;
  std::set<std::string> used;
  for (auto* clauses : {&all.of_module, &all.of_device}) {
    std::erase_if(*clauses, [&](const harness::conformance::Clause& clause) {
      bool any = false;
      for (const std::string& pattern : patterns) {
        if (!chosen(clause, pattern)) continue;
        used.insert(pattern);
        any = true;
      }
      return !any;
    });
  }
  for (const std::string& pattern : patterns) {
    if (used.contains(pattern)) continue;
    throw InputError(
        fmt::format("--clause {}: there is no such clause", pattern),
        did_you_mean(pattern, clause_names(), "`assay conform --list` lists the clauses"));
  }
  return all;
}

/// Examines section by section, and prints each as soon as it is done.
class Examination {
 public:
  Examination(const Options& options, const Selection& selection)
      : options_(options),
        selection_(selection),
        timeout_seconds_(harness::terminal::parse_duration(options.timeout, "--timeout")),
        line_(!options.json && isatty(STDERR_FILENO)) {
    subject_.module = module_file(options.module);
    subject_.quick = options.quick;
  }

  int run() {
    examine("module", "", selection_.of_module);
    if (!selection_.of_device.empty()) examine_devices();
    const harness::conformance::Conclusion conclusion =
        harness::conformance::conclude(sections_, selection_.of_device.empty() || exercised_);
    line_.erase();
    if (options_.json) {
      const auto json = to_json(sections_, subject_.module.string(), conclusion);
      fmt::print("{}\n", json.dump(2, ' ', false, ordered_json::error_handler_t::replace));
    } else {
      fmt::print("{}", summary_text(sections_, conclusion));
    }
    if (conclusion == Conclusion::deviceless) return kNothingRan;
    return conclusion == Conclusion::conforms ? kDone : kFellShort;
  }

 private:
  harness::conformance::RunnerSettings settings_for(
      const std::string& title, const std::vector<harness::conformance::Clause>& clauses) {
    const auto show = [this, title, &clauses](std::size_t index, const std::string& doing) {
      line_.show(fmt::format("{}/{}  {} elapsed  {}: {}{}", index + 1, clauses.size(),
                             harness::terminal::duration_text(line_.elapsed()), title,
                             clauses[index].id(), doing.empty() ? "" : ": " + doing));
    };
    return {timeout_seconds_, show};
  }

  void examine(const std::string& title, const std::string& name,
               const std::vector<harness::conformance::Clause>& clauses) {
    if (clauses.empty()) return;
    keep({title, name,
          harness::conformance::examine(clauses, subject_, settings_for(title, clauses))});
  }

  void keep(harness::conformance::Section section) {
    line_.erase();
    if (!options_.json) {
      fmt::print("{}\n", section_text(section, harness::terminal::use_colour()));
      std::fflush(stdout);
    }
    sections_.push_back(std::move(section));
  }

  /// A module that ended its process while it was probed would do so again.
  bool probing_failed() const {
    for (const harness::conformance::Section& section : sections_) {
      for (const harness::conformance::Result& result : section.results) {
        if (result.clause->id() != "module.probe") continue;
        return result.finding.verdict == harness::conformance::Verdict::broken;
      }
    }
    return false;
  }

  void examine_devices() {
    if (probing_failed()) return;
    const auto found = harness::conformance::device_names(subject_, {timeout_seconds_, {}});
    if (!found.failure.empty()) {
      throw Error(fmt::format("the module's devices cannot be listed: {}", found.failure));
    }
    const auto count = found.names.size();
    if (options_.device && *options_.device >= count) {
      throw InputError(fmt::format("--device {}: the module has {} device{}", *options_.device,
                                   count, count == 1 ? "" : "s"),
                       count == 0 ? "`assay devices --explain` says what it lacks"
                                  : "devices are counted from 0");
    }
    for (std::uint32_t index = 0; index < count; ++index) {
      if (options_.device && *options_.device != index) continue;
      subject_.device = index;
      examine(fmt::format("device {}", index), found.names[index], selection_.of_device);
      exercised_ = true;
    }
  }

  const Options& options_;
  const Selection& selection_;
  harness::conformance::SubjectOptions subject_;
  double timeout_seconds_;
  harness::terminal::LiveLine line_;
  std::vector<harness::conformance::Section> sections_;
  bool exercised_ = false;
};

int list(const Options& options) {
  Selection selection = select(options.clauses);
  std::vector<harness::conformance::Clause> all = std::move(selection.of_module);
  all.insert(all.end(), selection.of_device.begin(), selection.of_device.end());
  if (options.json) {
    fmt::print("{}\n", harness::conformance::list_json(all).dump(2));
  } else {
    fmt::print("{}", harness::conformance::list_text(all));
  }
  return kDone;
}

int run(const Options& options) {
  if (options.list) return list(options);
  if (options.module.empty()) {
    throw InputError("conform: which module?",
                     "name a module's file or a family; `assay devices` lists those found");
  }
  const Selection selection = select(options.clauses);
  return Examination(options, selection).run();
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  complete_with(
      app.add_option("module", options->module, "The module's file, or the name of a family"),
      module_names, true);
  complete_with(app.add_option("--clause", options->clauses,
                               "Only these clauses or groups of clauses, such as memory or "
                               "'*.right'; may be given again")
                    ->allow_extra_args(false),
                clause_names);
  app.add_option("--device", options->device, "Only the device of this number");
  app.add_option("--timeout", options->timeout,
                 "Time without a sign of life after which a clause has hung (default 60s)");
  app.add_flag("--quick", options->quick, "Fewer problems, launches and repetitions");
  app.add_flag("--list", options->list, "Print the clauses, and examine nothing");
  app.add_flag("--json", options->json, "Print JSON");
  app.footer(kFooter);
  return [options] { return run(*options); };
}

}  // namespace

const Verb conform_verb = {"conform", "Examine what of the interface a module fulfils", add};

}  // namespace assay::cli
