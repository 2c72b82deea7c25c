#include "harness/cli/completion.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <string_view>

namespace assay::cli {

namespace {

struct Completable {
  Candidates candidates;
  bool files = false;
};

std::map<const CLI::Option*, Completable>& candidates_of_options() {
  static std::map<const CLI::Option*, Completable> all;
  return all;
}

bool takes_value(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

const CLI::Option* option_named(const CLI::App& app, const std::string& word) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->nonpositional() && option->check_name(word)) return option;
  }
  return nullptr;
}

const CLI::App* verb_named(const CLI::App& app, const std::string& word) {
  const auto found =
      app.get_subcommands([&](const CLI::App* verb) { return verb->get_name() == word; });
  return found.empty() ? nullptr : found.front();
}

Completion value_of(const CLI::Option& option) {
  const auto found = candidates_of_options().find(&option);
  if (found == candidates_of_options().end()) return {{}, true};
  return {found->second.candidates(), found->second.files};
}

Completion next_positional(const CLI::App& app, std::size_t given) {
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    const auto most = static_cast<std::size_t>(std::max(option->get_items_expected_max(), 1));
    if (given < most) return value_of(*option);
    given -= most;
  }
  return {};
}

void add_option_names(const CLI::App& app, Completion& completion) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) completion.words.push_back("--" + name);
  }
}

Completion verbs_of(const CLI::App& app) {
  Completion completion;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!verb->get_group().empty()) completion.words.push_back(verb->get_name());
  }
  return completion;
}

}  // namespace

void complete_with(const CLI::Option* option, Candidates candidates, bool files) {
  candidates_of_options()[option] = {std::move(candidates), files};
}

Completion complete(const CLI::App& app, std::span<const std::string> line) {
  const CLI::App* verb = nullptr;
  const CLI::Option* waiting = nullptr;  // an option whose value comes next
  std::size_t positionals = 0;
  const std::string last = line.empty() ? "" : line.back();
  for (const std::string& word : line.first(line.empty() ? 0 : line.size() - 1)) {
    if (waiting != nullptr) {
      waiting = nullptr;
    } else if (word.starts_with("-")) {
      const CLI::Option* option = option_named(verb == nullptr ? app : *verb, word);
      if (option != nullptr && takes_value(*option)) waiting = option;
    } else if (verb == nullptr) {
      verb = verb_named(app, word);
      if (verb == nullptr) return {};
    } else {
      ++positionals;
    }
  }
  Completion completion;
  if (waiting != nullptr) {
    completion = value_of(*waiting);
  } else if (last.starts_with("-")) {
    add_option_names(verb == nullptr ? app : *verb, completion);
  } else {
    completion = verb == nullptr ? verbs_of(app) : next_positional(*verb, positionals);
  }
  std::erase_if(completion.words, [&](const std::string& word) { return !word.starts_with(last); });
  return completion;
}

}  // namespace assay::cli
