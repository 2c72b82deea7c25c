// assay manual: the man page, made from the verbs and their options.
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "harness/cli/help.h"
#include "harness/cli/verb.h"
#include "harness/environment/build.h"

namespace assay::cli::manual {
extern const Verb verb;

namespace {

/// Escapes text for roff, so that no line is read as a request.
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

std::string bold(std::string_view text) {
  return fmt::format("\\fB{}\\fR", roff(text));
}

std::string italic(std::string_view text) {
  return fmt::format("\\fI{}\\fR", roff(text));
}

std::string heading(const Option& option) {
  if (option.names.empty()) return italic(option.value);
  std::string out;
  for (const std::string& name : option.names) out += (out.empty() ? "" : ", ") + bold(name);
  return option.value.empty() ? out : out + " " + italic(option.value);
}

void print_verb(const Options& verb) {
  fmt::print(".SS assay {}\n{}.\n", roff(verb.verb()), roff(verb.summary()));
  for (const Option& option : verb.all()) {
    if (option.hidden || !option.take) continue;
    fmt::print(".TP\n{}\n{}\n", heading(option), roff(option_help(option)));
  }
  if (verb.footer().empty()) return;
  fmt::print(".PP\n.nf\n{}\n.fi\n", roff(verb.footer()));
}

void print_manual(const CommandLine& line) {
  fmt::print(
      ".TH ASSAY 1 \"\" \"Assay {}\" \"User Commands\"\n"
      ".SH NAME\nassay \\- measure accelerators and judge published claims about them\n"
      ".SH SYNOPSIS\n.B assay\n.I VERB\n[\\fIOPTION\\fR]...\n"
      ".SH DESCRIPTION\n{}\n.SH VERBS\n",
      harness::environment::build.version, roff(line.description()));
  for (const Options& verb : line.verbs()) {
    if (!verb.hidden()) print_verb(verb);
  }
  fmt::print(
      ".SH EXIT STATUS\n"
      ".TP\n0\ndone, and good\n"
      ".TP\n1\ndone, and something fell short: a wrong result, a refuted claim\n"
      ".TP\n2\nbad usage or input; nothing was changed\n"
      ".TP\n3\nnothing could be measured or judged\n"
      ".TP\n4\nit failed: a store locked or lost, a full disk, output lost\n"
      ".SH ENVIRONMENT\n"
      ".TP\nASSAY_DB\nthe store of results\n"
      ".TP\nASSAY_BACKEND_PATH\nfolders with further backend modules, separated by colons\n"
      ".TP\nNO_COLOR\nprint no colours\n"
      ".SH FILES\n.TP\n$XDG_DATA_HOME/assay/assay.db, ~/.local/share/assay/assay.db\n"
      "the store where ASSAY_DB names none\n");
}

std::function<int()> add(Options& options) {
  options.footer("Example:\n  assay manual | man -l -");
  return [&line = options.command_line()] {
    print_manual(line);
    return kDone;
  };
}

}  // namespace

const Verb verb = {"manual", "Print the man page", add, VerbGroup::extend};

}  // namespace assay::cli::manual
