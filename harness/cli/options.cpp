#include "harness/cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "harness/cli/help.h"
#include "kernels/error.h"
#include "kernels/nearest.h"

namespace assay::cli {

namespace {

Option help_option() {
  Option help;
  help.names = {"-h", "--help"};
  help.help = "Print this help and exit";
  return help;
}

/// What the command line gave each option, in its order.
using Given = std::vector<std::pair<Option*, std::vector<std::string>>>;

std::string cli11_name(const Option& option) {
  return option.names.empty() ? option.value : fmt::format("{}", fmt::join(option.names, ","));
}

/// Takes `option` up into the parser, which notes what it finds in `given`.
void add_to_parser(CLI::App& app, Option& option, Given& given) {
  if (option.value.empty()) {
    if (!option.take) return;  // help and version: the parser has its own
    app.add_flag_callback(cli11_name(option),
                          [&given, &option] {
                            given.push_back({&option, {""}});
                          })
        ->disable_flag_override();
    return;
  }
  CLI::Option* const added =
      app.add_option(cli11_name(option), [&given, &option](const std::vector<std::string>& texts) {
        given.push_back({&option, texts});
        return true;
      });
  added->type_name(option.value)->type_size(1);
  if (option.repeatable) {
    added->expected(1, CLI::detail::expected_max_vector_size)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(option.names.empty());
  }
  if (option.value_optional) added->expected(0, 1);
}

std::string where_help_is(const std::string& program, const Options* verb) {
  if (verb == nullptr) return fmt::format("`{} --help` says more", program);
  return fmt::format("`{} {} --help` lists its options", program, verb->verb());
}

/// The words that may stand where an unexpected one stood.
std::vector<std::string> expected_words(const CommandLine& line, const Options* verb) {
  std::vector<std::string> words;
  if (verb == nullptr) {
    for (const Options& one : line.verbs()) {
      if (!one.hidden()) words.push_back(one.verb());
    }
  }
  for (const Option& option : (verb == nullptr ? line.general() : *verb).all()) {
    for (const std::string& name : option.names) {
      if (name.starts_with("--")) words.push_back(name);
    }
  }
  return words;
}

[[noreturn]] void refuse_extra(const CommandLine& line, const Options* verb,
                               const std::string& extra) {
  const std::string word = extra.substr(0, extra.find('='));
  const bool no_verb = verb == nullptr && !line.verbs().empty() && !word.starts_with("-");
  throw InputError(
      no_verb ? fmt::format("there is no verb `{}`", word)
              : fmt::format("unexpected argument `{}`", extra),
      did_you_mean(word, expected_words(line, verb), where_help_is(line.program(), verb)));
}

/// What the parser could not make sense of, in our words.
[[noreturn]] void refuse_usage(const CommandLine& line, const Options* verb, const CLI::App& app,
                               const CLI::ParseError& error) {
  const std::vector<std::string> extras = app.remaining(true);
  if (!extras.empty()) refuse_extra(line, verb, extras.front());
  // It begins with the option's name, for a flag without its dashes.
  const std::string what = error.what(), word = what.substr(0, what.find_first_of(": "));
  for (const Option& option : (verb == nullptr ? line.general() : *verb).all()) {
    const std::string& name = option.name();
    if (option.value.empty() && (name == word || name == "--" + word)) {
      throw InputError(fmt::format("{}: takes no value", name), "write it alone");
    }
    if (name != word) continue;
    if (option.given > 1) {
      throw InputError(fmt::format("{}: is given more than once", name), "leave one out");
    }
    throw InputError(fmt::format("{}: its value is missing", name),
                     fmt::format("write {} {}", name, option.value));
  }
  throw InputError(what, where_help_is(line.program(), verb));
}

/// What options demand of one another.
void require_consistent(const std::string& program, const Options& options) {
  for (const Option& option : options.all()) {
    const std::string& name = option.name();
    if (option.required && option.given == 0) {
      throw InputError(fmt::format("{}: is missing", name),
                       where_help_is(program, options.verb().empty() ? nullptr : &options));
    }
    if (option.given == 0) continue;
    for (const Option* other : option.excludes) {
      if (other->given == 0) continue;
      throw InputError(fmt::format("{}: cannot be combined with {}", name, other->name()),
                       "leave one of them out");
    }
    for (const Option* other : option.needs) {
      if (other->given > 0) continue;
      throw InputError(
          fmt::format("{}: needs {}", name, other->name()),
          fmt::format("add {}{}{}", other->name(), other->value.empty() ? "" : " ", other->value));
    }
  }
}

void count_given(Options& options, const CLI::App& app) {
  for (Option& option : options.all()) {
    if (!option.take) continue;
    const CLI::Option* const found =
        app.get_option_no_throw(option.names.empty() ? option.value : option.names.back());
    option.given = found == nullptr ? 0 : found->count();
  }
}

}  // namespace

const std::string& Option::name() const {
  return names.empty() ? value : names.back();
}

Option& Option::default_value(const std::string& text) {
  take(text);
  default_text = text;
  return *this;
}

std::vector<std::string> option_names(std::string_view names) {
  std::vector<std::string> out;
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    out.emplace_back(names.substr(0, comma));
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return out;
}

Options::Options(const CommandLine& line, std::string verb, std::string summary,
                 std::string heading)
    : line_(line),
      verb_(std::move(verb)),
      summary_(std::move(summary)),
      heading_(std::move(heading)) {
  all_.push_back(help_option());
}

Option& Options::add(Option option) {
  option.group = group_;
  return all_.emplace_back(std::move(option));
}

Option& Options::flag(const std::string& names, bool& value, std::string help) {
  Option option;
  option.names = option_names(names);
  option.help = std::move(help);
  option.take = [&value](const std::string&) { value = true; };
  return add(std::move(option));
}

CommandLine::CommandLine(std::string program, std::string description, std::string version)
    : program_(std::move(program)),
      version_(std::move(version)),
      general_(*this, "", std::move(description), "") {
  Option option;
  option.names = {"-V", "--version"};
  option.help = "Print the version and exit";
  general_.add(std::move(option));
}

Options& CommandLine::add_verb(std::string_view name, std::string_view summary,
                               std::string_view heading) {
  return verbs_.emplace_back(*this, std::string(name), std::string(summary), std::string(heading));
}

const Options* CommandLine::verb_named(std::string_view name) const {
  for (const Options& verb : verbs_) {
    if (verb.verb() == name) return &verb;
  }
  return nullptr;
}

bool CommandLine::read(int count, const char* const* arguments) {
  CLI::App app(program_);
  Given given;
  app.set_version_flag("-V,--version", program_ + " " + version_);
  // After a verb, the name of another one is an argument.
  app.require_subcommand(0, 1);
  for (Option& option : general_.all()) add_to_parser(app, option, given);
  std::map<const CLI::App*, Options*> verb_of;
  for (Options& verb : verbs_) {
    CLI::App* const subcommand = app.add_subcommand(verb.verb());
    verb_of[subcommand] = &verb;
    for (Option& option : verb.all()) add_to_parser(*subcommand, option, given);
  }
  const auto note_chosen = [&] {
    const auto found = app.get_subcommands();
    chosen_ = found.empty() ? nullptr : verb_of.at(found.front());
    if (chosen_ != nullptr) count_given(*chosen_, *found.front());
    count_given(general_, app);
  };
  try {
    app.parse(count, arguments);
    note_chosen();
  } catch (const CLI::CallForVersion& version) {
    fmt::print("{}\n", version.what());
    return false;
  } catch (const CLI::CallForHelp&) {
    note_chosen();
    fmt::print("{}", chosen_ == nullptr ? help_text(*this) : help_text(*this, *chosen_));
    return false;
  } catch (const CLI::ParseError& error) {
    note_chosen();
    refuse_usage(*this, chosen_, app, error);
  }
  require_consistent(program_, chosen_ == nullptr ? general_ : *chosen_);
  for (const auto& [option, texts] : given) {
    // The parser writes "true" for a value that was left out.
    for (const std::string& text : texts) {
      option->take(option->value_optional && text == "true" ? "" : text);
    }
  }
  return true;
}

}  // namespace assay::cli
