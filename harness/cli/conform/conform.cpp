// assay conform MODULE: tests a backend module against the interface, clause by clause.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>

#include "backends/loader.h"
#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/conformance/report.h"
#include "harness/environment/environment.h"
#include "harness/terminal/live_line.h"
#include "harness/terminal/telling.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/page/text.h"
#include "results/record/json_library.h"

namespace assay::cli::conform {
extern const Verb verb;

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
    "Each group of clauses is tested in a process of its own: a crash or a hang\n"
    "breaks one clause, and the rest of its group is not tested. What the interface\n"
    "does not show, such as the alignment of a buffer, is not tested.\n"
    "The result for all clauses and devices is kept in the store: later runs with\n"
    "the same module file state it, and `assay verify` prints it.\n"
    "Exit codes: 0 no clause is broken; 1 a clause is broken, or could not be tested\n"
    "because the module lacks something required; 2 bad usage, or the module is\n"
    "missing or refused by the loader; 3 no clause is broken, but there is no device\n"
    "to test.";

struct Arguments {
  std::string module;
  std::vector<std::string> clauses;
  std::optional<std::uint32_t> device;
  double timeout_seconds = 0;
  bool quick = false, json = false, list = false;
  std::optional<results::store::StoreAddress> db;
};

std::vector<std::string> module_names() {
  std::vector<std::string> names;
  for (const auto& file : backends::find_modules()) names.push_back(file.name);
  return names;
}

/// The path if `word` has a slash or ends in .so, else the file of the module of that name.
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
    for (const Clause& clause : all) {
      if (names.empty() || !names.back().starts_with(clause.group + ".")) {
        names.push_back(clause.group);
      }
      names.push_back(clause.id());
    }
  }
  return names;
}

/// Whether a pattern, the name of a clause or group with wildcards as in a shell, fits a clause.
bool chosen(const Clause& clause, const std::string& pattern) {
  return fnmatch(pattern.c_str(), clause.id().c_str(), 0) == 0 ||
         fnmatch(pattern.c_str(), clause.group.c_str(), 0) == 0;
}

struct Selection {
  std::vector<Clause> of_module, of_device;
};

Selection select(const std::vector<std::string>& patterns) {
  Selection all = {harness::conformance::module_clauses(), harness::conformance::device_clauses()};
  if (patterns.empty()) return all;
  std::set<std::string> used;
  for (auto* clauses : {&all.of_module, &all.of_device}) {
    std::erase_if(*clauses, [&](const Clause& clause) {
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

/// Tests the module and its devices, and prints each section as soon as it is done.
class Examination {
 public:
  Examination(const Arguments& arguments, const Selection& selection)
      : arguments_(arguments),
        selection_(selection),
        timeout_seconds_(arguments.timeout_seconds),
        line_(!arguments.json && harness::terminal::draws_status()) {
    subject_.module = module_file(arguments.module);
    subject_.quick = arguments.quick;
  }

  int run() {
    examine("module", "", selection_.of_module);
    if (!selection_.of_device.empty()) examine_devices();
    const Conclusion conclusion =
        harness::conformance::conclude(sections_, selection_.of_device.empty() || exercised_);
    line_.erase();
    if (conclusion != Conclusion::no_device) remember(conclusion);
    if (arguments_.json) {
      const auto json = to_json(sections_, subject_.module.string(), conclusion);
      fmt::print("{}\n", json.dump(2, ' ', false, ordered_json::error_handler_t::replace));
    } else {
      fmt::print("{}", summary_text(sections_, conclusion));
    }
    if (conclusion == Conclusion::no_device) return kNothingRan;
    return conclusion == Conclusion::conforms ? kDone : kFinding;
  }

 private:
  /// Keeps the result of a whole examination in the store, for the environments of later runs.
  void remember(Conclusion conclusion) const {
    if (!arguments_.clauses.empty() || arguments_.device) return;
    using harness::conformance::Verdict;
    std::size_t clauses = 0, broken = 0;
    for (const Section& section : sections_) {
      for (const harness::conformance::Result& result : section.results) {
        ++clauses;
        const Verdict verdict = result.finding.verdict;
        broken += verdict == Verdict::broken || verdict == Verdict::untested ? 1 : 0;
      }
    }
    const bool good = conclusion == Conclusion::conforms;
    const std::string text =
        fmt::format("{} {} of {} clauses on {}{}", good ? "conforms:" : "fails",
                    good ? clauses - broken : broken, clauses,
                    results::store::now_utc().substr(0, 10), arguments_.quick ? ", --quick" : "");
    try {
      open_store(store_address(arguments_.db), results::store::Access::write)
          .put_conformance(harness::environment::file_sha256(subject_.module), text);
    } catch (const Error& error) {
      fmt::print(stderr, "note: the result was not kept: {}\n", error.what());
    }
  }

  harness::conformance::RunnerSettings settings_for(const std::string& title,
                                                    const std::vector<Clause>& clauses) {
    const auto show = [this, title, &clauses](std::size_t index, const std::string& doing) {
      line_.show(fmt::format("{}/{}  {} elapsed  {}: {}{}", index + 1, clauses.size(),
                             results::page::duration_text(line_.elapsed()), title,
                             clauses[index].id(), doing.empty() ? "" : ": " + doing));
    };
    return {timeout_seconds_, show};
  }

  void examine(const std::string& title, const std::string& name,
               const std::vector<Clause>& clauses) {
    if (clauses.empty()) return;
    keep({title, name,
          harness::conformance::examine(clauses, subject_, settings_for(title, clauses))});
  }

  void keep(Section section) {
    line_.erase();
    if (!arguments_.json) {
      fmt::print("{}\n", section_text(section, harness::terminal::use_colour()));
      std::fflush(stdout);
    }
    sections_.push_back(std::move(section));
  }

  /// Whether probing the module ended its process; it would do so again.
  bool probing_failed() const {
    for (const Section& section : sections_) {
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
    if (arguments_.device && *arguments_.device >= count) {
      throw InputError(fmt::format("--device {}: the module has {}", *arguments_.device,
                                   results::page::counted(count, "device")),
                       count == 0 ? "`assay devices --explain` says what is missing"
                                  : "devices are counted from 0");
    }
    for (std::uint32_t index = 0; index < count; ++index) {
      if (arguments_.device && *arguments_.device != index) continue;
      subject_.device = index;
      examine(fmt::format("device {}", index), found.names[index], selection_.of_device);
      exercised_ = true;
    }
  }

  const Arguments& arguments_;
  const Selection& selection_;
  SubjectOptions subject_;
  double timeout_seconds_;
  harness::terminal::LiveLine line_;
  std::vector<Section> sections_;
  bool exercised_ = false;
};

int list(const Arguments& arguments) {
  Selection selection = select(arguments.clauses);
  std::vector<Clause> all = std::move(selection.of_module);
  all.insert(all.end(), selection.of_device.begin(), selection.of_device.end());
  if (arguments.json) {
    fmt::print("{}\n", harness::conformance::list_json(all).dump(2));
  } else {
    fmt::print("{}", harness::conformance::list_text(all));
  }
  return kDone;
}

int run(const Arguments& arguments) {
  if (arguments.list) return list(arguments);
  if (arguments.module.empty()) {
    throw InputError("MODULE: is missing",
                     "name a module's file, or a module that `assay devices` lists");
  }
  const Selection selection = select(arguments.clauses);
  return Examination(arguments, selection).run();
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  Kind<std::string> module = text("MODULE", module_names);
  module.files = true;
  options.argument(arguments->module, std::move(module),
                   "A module's file, or the name of a module that `assay devices` lists");
  options.option("--clause", arguments->clauses, text("CLAUSE", clause_names),
                 "Only this clause or group of clauses, e.g. memory or '*.right'");
  options.option("--device", arguments->device, named("NUMBER", count<std::uint32_t>(0)),
                 "Only the device with this number, from 0");
  options
      .option("--timeout", arguments->timeout_seconds, duration(),
              "A clause that reports nothing for this time counts as hung")
      .default_value("60s");
  options.flag("--quick", arguments->quick, "Use fewer problems, launches and repetitions");
  options.flag("--list", arguments->list, "List the clauses; test nothing");
  add_json_option(options, arguments->json);
  add_store_option(options, arguments->db, "add to");
  options.footer(kFooter);
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"conform", "Test a backend module against the interface", add,
                   VerbGroup::extend};

}  // namespace assay::cli::conform
