#include "harness/cli/completion.h"

#include <algorithm>

namespace assay::cli {

namespace {

const Option* option_named(const Options& options, const std::string& word) {
  for (const Option& option : options.all()) {
    if (std::find(option.names.begin(), option.names.end(), word) != option.names.end()) {
      return &option;
    }
  }
  return nullptr;
}

Completion value_of(const Option& option) {
  return {option.candidates ? option.candidates() : std::vector<std::string>(), option.files};
}

/// Of the argument after `given` others.
Completion next_argument(const Options& options, std::size_t given) {
  for (const Option& option : options.all()) {
    if (!option.names.empty()) continue;
    if (option.repeatable || given == 0) return value_of(option);
    --given;
  }
  return {};
}

Completion names_of(const Options& options) {
  Completion out;
  for (const Option& option : options.all()) {
    for (const std::string& name : option.names) {
      if (name.starts_with("--")) out.words.push_back(name);
    }
  }
  return out;
}

Completion verbs_of(const CommandLine& line) {
  Completion out;
  for (const Options& verb : line.verbs()) {
    if (!verb.hidden()) out.words.push_back(verb.verb());
  }
  return out;
}

}  // namespace

Completion complete(const CommandLine& line, std::span<const std::string> typed) {
  const Options* verb = nullptr;
  const Option* waiting = nullptr;  // an option whose value comes next
  std::size_t arguments = 0;
  const std::string last = typed.empty() ? "" : typed.back();
  for (const std::string& word : typed.first(typed.empty() ? 0 : typed.size() - 1)) {
    if (waiting != nullptr) {
      waiting = nullptr;
    } else if (word.starts_with("-")) {
      const Option* option = option_named(verb == nullptr ? line.general() : *verb, word);
      if (option != nullptr && !option->value.empty()) waiting = option;
    } else if (verb == nullptr) {
      verb = line.verb_named(word);
      if (verb == nullptr) return {};
    } else {
      ++arguments;
    }
  }
  Completion out;
  if (waiting != nullptr) {
    out = value_of(*waiting);
  } else if (last.starts_with("-")) {
    out = names_of(verb == nullptr ? line.general() : *verb);
  } else {
    out = verb == nullptr ? verbs_of(line) : next_argument(*verb, arguments);
  }
  std::erase_if(out.words, [&](const std::string& word) { return !word.starts_with(last); });
  return out;
}

}  // namespace assay::cli
