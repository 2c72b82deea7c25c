#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/common.h"
#include "harness/cli/help.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "kernels/error.h"
#include "kernels/nearest.h"

namespace assay::cli {
namespace {

using Chosen = std::vector<std::pair<CLI::App*, std::function<int()>>>;

constexpr const char* kFooter =
    "Examples:\n"
    "  assay devices                    what this machine has, and what is missing\n"
    "  assay run --suite quick          measure, verified, in under a minute\n"
    "  assay run --problem \"matmul m=4096 n=4096 k=4096 a=bf16\"\n"
    "  assay show                       the last run as a table\n"
    "  assay check waic-2025            published claims against what was measured\n"
    "\n"
    "Exit codes: 0 done and good; 1 done, and something fell short; 2 bad usage or\n"
    "input, nothing changed; 3 nothing could run. `assay VERB --help` says more.";

/// The words that may stand where an unexpected one stood.
std::vector<std::string> expected_words(const CLI::App& app) {
  std::vector<std::string> words;
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) {
    for (const Verb* verb : verbs()) {
      if (!verb->hidden) words.emplace_back(verb->name);
    }
  }
  for (const CLI::Option* option : (chosen.empty() ? &app : chosen.front())->get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  return words;
}

int usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  const std::string help = chosen.empty() ? "`assay --help` lists the verbs"
                                          : fmt::format("`assay {} --help` lists its options",
                                                        chosen.front()->get_name());
  const std::vector<std::string> extras = app.remaining(true);
  if (extras.empty()) {
    print_error(error.what(), help);
    return kBadInput;
  }
  const std::string word = extras.front().substr(0, extras.front().find('='));
  const bool verb = chosen.empty() && !word.starts_with("-");
  print_error(verb ? fmt::format("there is no verb `{}`", word)
                   : fmt::format("unexpected argument `{}`", extras.front()),
              did_you_mean(word, expected_words(app), help));
  return kBadInput;
}

int run_chosen(const Chosen& verbs) {
  for (const auto& [subcommand, run] : verbs) {
    if (!subcommand->parsed()) continue;
    try {
      return run();
    } catch (const InputError& error) {
      print_error(error.what(), error.mend());
      return kBadInput;
    } catch (const Error& error) {
      print_error(error.what(), error.mend());
      return kFellShort;
    } catch (const std::exception& error) {
      print_error(error.what(), "");
      return kFellShort;
    }
  }
  return kBadInput;
}

int start(int count, char** arguments) {
  // A file that may not grow further is told by the call that writes, as a full disk is.
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app(
      "Assay measures identical kernels on unlike accelerators, checks that the\n"
      "results are right, and holds the rates against what was claimed.",
      "assay");
  app.set_version_flag("--version", "assay " + harness::environment::version_text());
  app.require_subcommand(1);
  app.formatter(std::make_shared<HelpFormatter>());
  app.get_formatter()->column_width(28);
  Chosen chosen;
  for (const Verb* verb : verbs()) {
    CLI::App* subcommand = app.add_subcommand(std::string(verb->name), std::string(verb->summary));
    if (verb->hidden) subcommand->group("");
    chosen.emplace_back(subcommand, verb->add(*subcommand));
  }
  app.footer(kFooter);  // only now, since subcommands inherit it
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return usage_error(app, error);
  } catch (const InputError& error) {
    print_error(error.what(), error.mend());
    return kBadInput;
  }
  return run_chosen(chosen);
}

}  // namespace
}  // namespace assay::cli

int main(int count, char** arguments) {
  return assay::cli::start(count, arguments);
}
