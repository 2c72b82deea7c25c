// assay manual: the man page, made from the options that there are.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "harness/cli/verb.h"

namespace assay::cli {
extern const Verb manual_verb;

namespace {

/// Text as roff takes it: no line can be mistaken for a request.
std::string roff(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    line_begins = c == '\n';
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

std::string option_names(const CLI::Option& option) {
  if (option.get_positional()) return fmt::format("\\fI{}\\fR", roff(option.get_name(true)));
  std::string out;
  for (const std::string& name : option.get_snames()) out += fmt::format("\\fB\\-{}\\fR, ", name);
  for (const std::string& name : option.get_lnames()) {
    out += fmt::format("\\fB\\-\\-{}\\fR, ", roff(name));
  }
  if (!out.empty()) out.resize(out.size() - 2);
  if (option.get_items_expected_max() > 0) {
    out += fmt::format(" \\fI{}\\fR", roff(option.get_type_name()));
  }
  return out;
}

void print_verb(const CLI::App& verb) {
  fmt::print(".SS assay {}\n{}.\n", roff(verb.get_name()), roff(verb.get_description()));
  for (const CLI::Option* option : verb.get_options()) {
    if (option->get_group().empty() || option->check_name("--help")) continue;
    fmt::print(".TP\n{}\n{}\n", option_names(*option), roff(option->get_description()));
  }
  if (verb.get_footer().empty()) return;
  fmt::print(".PP\n.nf\n{}\n.fi\n", roff(verb.get_footer()));
}

void print_manual(const CLI::App& app) {
  fmt::print(
      ".TH ASSAY 1 \"\" \"Assay {}\" \"User Commands\"\n"
      ".SH NAME\nassay \\- measure accelerators and judge what is claimed of them\n"
      ".SH SYNOPSIS\n.B assay\n.I VERB\n[\\fIOPTION\\fR]...\n"
      ".SH DESCRIPTION\n{}\n.SH VERBS\n",
      ASSAY_VERSION, roff(app.get_description()));
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!verb->get_group().empty()) print_verb(*verb);
  }
  fmt::print(
      ".SH EXIT STATUS\n"
      ".TP\n0\ndone, and good\n"
      ".TP\n1\ndone, and something fell short: a wrong result, a refuted claim\n"
      ".TP\n2\nbad usage or input; nothing was changed\n"
      ".TP\n3\nnothing could run\n"
      ".SH ENVIRONMENT\n"
      ".TP\nASSAY_DB\nthe store of results\n"
      ".TP\nASSAY_BACKEND_PATH\nfolders with further backend modules, separated by colons\n"
      ".TP\nNO_COLOR\nprint no colours\n"
      ".SH FILES\n.TP\n$XDG_DATA_HOME/assay/assay.db, ~/.local/share/assay/assay.db\n"
      "the store where ASSAY_DB names none\n");
}

std::function<int()> add(CLI::App& app) {
  app.footer("Example:\n  assay manual | man -l -");
  return [parent = app.get_parent()] {
    print_manual(*parent);
    return kDone;
  };
}

}  // namespace

const Verb manual_verb = {"manual", "Print the man page", add};

}  // namespace assay::cli
