// What a program or a verb takes on its command line: flags, options with a value, arguments.
// Values are read once, when the command line is read, so that an error names the option.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::cli {

/// Makes the words that a value may be; called only for tab completion.
using Candidates = std::function<std::vector<std::string>()>;

/// What a value is, and how its text becomes a T. harness/cli/values.h has the common ones.
template <class T>
struct Kind {
  std::string name;  ///< as help shows it: "DURATION"
  /// Reads the text. Throws InputError that names `place`, the option or argument, and the reason.
  std::function<T(const std::string& text, const std::string& place)> read;
  Candidates candidates = {};             ///< for tab completion
  bool files = false;                     ///< file names complete it too
  std::vector<std::string> choices = {};  ///< all possible texts, where there are few
};

/// One flag, option or argument. What is set here, help, manual, completion and errors use.
struct Option {
  std::vector<std::string> names;  ///< "-o", "--output"; empty: an argument, known by its place
  std::string value;               ///< what its value is, "FILE"; empty: a flag
  std::string help, group;
  std::string default_text;  ///< the default, as a person would write it
  std::string default_rule;  ///< what the default depends on, where it is not one value
  std::vector<std::string> choices;
  std::vector<const Option*> excludes, needs;
  bool required = false, hidden = false;
  bool repeatable = false;      ///< takes one value each time; an argument: takes several
  bool value_optional = false;  ///< may be given without its value, which is then ""
  Candidates candidates;
  bool files = false;
  std::function<void(const std::string& text)> take;  ///< reads one value
  std::size_t given = 0;                              ///< how often the command line has it

  /// "--output", or "RUN" for an argument.
  const std::string& name() const;
  /// Sets the value by its text, which help then shows as the default.
  Option& default_value(const std::string& text);
};

class CommandLine;

/// What one verb takes, or a program that has no verbs.
class Options {
 public:
  Options(const CommandLine& line, std::string verb, std::string summary, std::string heading);
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  /// `names` are separated by commas: "-o,--output". `value` must outlive the command line.
  Option& flag(const std::string& names, bool& value, std::string help);
  template <class T>
  Option& option(const std::string& names, T& value, Kind<T> kind, std::string help);
  template <class T>
  Option& option(const std::string& names, std::optional<T>& value, Kind<T> kind, std::string help);
  /// May be repeated; each adds a value.
  template <class T>
  Option& option(const std::string& names, std::vector<T>& values, Kind<T> kind, std::string help);
  /// Known by its place, and shown as `kind` names it.
  template <class T>
  Option& argument(T& value, Kind<T> kind, std::string help);
  template <class T>
  Option& argument(std::vector<T>& values, Kind<T> kind, std::string help);

  /// The heading in help of what is added from here on.
  void group(std::string heading) { group_ = std::move(heading); }
  /// What help ends with, as it is to be printed.
  void footer(std::string text) { footer_ = std::move(text); }

  /// All that the program takes.
  const CommandLine& command_line() const { return line_; }
  const std::string& verb() const { return verb_; }
  const std::string& summary() const { return summary_; }
  const std::string& footer() const { return footer_; }
  /// The heading in help under which the verb stands; empty: help does not list it.
  const std::string& heading() const { return heading_; }
  bool hidden() const { return heading_.empty(); }
  const std::deque<Option>& all() const { return all_; }
  std::deque<Option>& all() { return all_; }
  /// Adds one as it is.
  Option& add(Option option);

 private:
  template <class T, class Keep>
  Option& add(std::string_view names, Kind<T> kind, std::string help, Keep keep);

  const CommandLine& line_;
  std::string verb_, summary_, heading_, footer_, group_ = "Options";
  std::deque<Option> all_;  // a deque, since references to its elements are handed out
};

/// A whole program's command line.
class CommandLine {
 public:
  CommandLine(std::string program, std::string description, std::string version);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// What may be given without a verb.
  Options& general() { return general_; }
  const Options& general() const { return general_; }
  /// Help lists the verb under `heading`, or does not list it if that is empty.
  Options& add_verb(std::string_view name, std::string_view summary, std::string_view heading);
  const std::deque<Options>& verbs() const { return verbs_; }
  const Options* verb_named(std::string_view name) const;

  /// Reads the arguments into the values. False where they ask for help or for the version, which
  /// is then printed. Throws InputError for bad usage.
  bool read(int count, const char* const* arguments);
  /// The verb of the arguments read; null where none is named.
  const Options* chosen() const { return chosen_; }

  const std::string& program() const { return program_; }
  const std::string& description() const { return general_.summary(); }

 private:
  std::string program_, version_;
  Options general_;
  std::deque<Options> verbs_;
  Options* chosen_ = nullptr;
};

/// "-o", "--output" of "-o,--output".
std::vector<std::string> option_names(std::string_view names);

template <class T, class Keep>
Option& Options::add(std::string_view names, Kind<T> kind, std::string help, Keep keep) {
  Option option;
  option.names = option_names(names);
  option.value = std::move(kind.name);
  option.help = std::move(help);
  option.choices = std::move(kind.choices);
  option.candidates = std::move(kind.candidates);
  option.files = kind.files;
  const std::string place = option.name();
  option.take = [read = std::move(kind.read), keep, place](const std::string& text) {
    keep(read(text, place));
  };
  return add(std::move(option));
}

template <class T>
Option& Options::option(const std::string& names, T& value, Kind<T> kind, std::string help) {
  return add(names, std::move(kind), std::move(help),
             [&value](T read) { value = std::move(read); });
}

template <class T>
Option& Options::option(const std::string& names, std::optional<T>& value, Kind<T> kind,
                        std::string help) {
  return add(names, std::move(kind), std::move(help),
             [&value](T read) { value = std::move(read); });
}

template <class T>
Option& Options::option(const std::string& names, std::vector<T>& values, Kind<T> kind,
                        std::string help) {
  Option& added = add(names, std::move(kind), std::move(help),
                      [&values](T read) { values.push_back(std::move(read)); });
  added.repeatable = true;
  return added;
}

template <class T>
Option& Options::argument(T& value, Kind<T> kind, std::string help) {
  return option("", value, std::move(kind), std::move(help));
}

template <class T>
Option& Options::argument(std::vector<T>& values, Kind<T> kind, std::string help) {
  return option("", values, std::move(kind), std::move(help));
}

}  // namespace assay::cli
