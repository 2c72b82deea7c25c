// assay manual: the man pages, made from the verbs and their options.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "harness/cli/help.h"
#include "harness/cli/output_file.h"
#include "harness/cli/values.h"
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

std::string title(std::string_view page, std::string_view summary) {
  std::string capitals(page);
  std::transform(capitals.begin(), capitals.end(), capitals.begin(),
                 [](char c) { return static_cast<char>(std::toupper(c)); });
  return fmt::format(
      ".TH {} 1 \"\" \"Assay {}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n", capitals,
      harness::environment::build.version, roff(page), roff(summary));
}

std::string options_of(const Options& verb) {
  std::string out;
  for (const Option& option : verb.all()) {
    if (option.hidden || !option.take) continue;
    out += fmt::format(".TP\n{}\n{}\n", heading(option), roff(option_help(option)));
  }
  if (verb.footer().empty()) return out;
  return out + fmt::format(".PP\n.nf\n{}\n.fi\n", roff(verb.footer()));
}

constexpr const char* kExitStatus =
    ".SH EXIT STATUS\n"
    ".TP\n0\ndone, and good\n"
    ".TP\n1\ndone, and something fell short: a wrong result, a refuted claim\n"
    ".TP\n2\nbad usage or input; nothing was changed\n"
    ".TP\n3\nnothing could be measured or judged\n"
    ".TP\n4\nit failed: a store locked or lost, a full disk, output lost\n";

std::string page_name(const Options& verb) {
  return "assay-" + verb.verb();
}

/// " [RUN]", as the synopsis shows them.
std::string arguments_of(const Options& verb) {
  std::string out;
  for (const Option& option : verb.all()) {
    if (!option.names.empty() || option.hidden) continue;
    const std::string name = italic(option.value) + (option.repeatable ? "..." : "");
    out += option.required ? " " + name : " [" + name + "]";
  }
  return out;
}

/// The page of one verb.
std::string page_of(const Options& verb) {
  return title(page_name(verb), verb.summary()) +
         fmt::format(".B assay {}\n[\\fIOPTION\\fR]...{}\n.SH OPTIONS\n", roff(verb.verb()),
                     arguments_of(verb)) +
         options_of(verb) + kExitStatus + ".SH SEE ALSO\n.BR assay (1)\n";
}

/// The page of the whole program, with all verbs.
std::string page_of(const CommandLine& line) {
  std::string out =
      title("assay", "measure accelerators and judge published claims about them") +
      fmt::format(".B assay\n.I VERB\n[\\fIOPTION\\fR]...\n.SH DESCRIPTION\n{}\n.SH VERBS\n",
                  roff(line.description()));
  std::string others;
  for (const Options& verb : line.verbs()) {
    if (verb.hidden()) continue;
    out += fmt::format(".SS assay {}\n{}.\n", roff(verb.verb()), roff(verb.summary())) +
           options_of(verb);
    others += fmt::format("{}.BR {} (1)", others.empty() ? "" : ",\n", roff(page_name(verb)));
  }
  return out + kExitStatus +
         ".SH ENVIRONMENT\n"
         ".TP\nASSAY_DB\nthe store of results\n"
         ".TP\nASSAY_BACKEND_PATH\nfolders with further backend modules, separated by colons\n"
         ".TP\nNO_COLOR\nprint no colours\n"
         ".SH FILES\n.TP\n$XDG_DATA_HOME/assay/assay.db, ~/.local/share/assay/assay.db\n"
         "the store where ASSAY_DB names none\n"
         ".SH SEE ALSO\n" +
         others + "\n";
}

void write_page(const std::string& folder, const std::string& name, const std::string& page) {
  OutputFile file("--folder", (std::filesystem::path(folder) / (name + ".1")).string());
  file.stream() << page;
  file.commit();
}

void write_pages(const CommandLine& line, const std::string& folder) {
  write_page(folder, "assay", page_of(line));
  for (const Options& verb : line.verbs()) {
    if (!verb.hidden()) write_page(folder, page_name(verb), page_of(verb));
  }
}

std::function<int()> add(Options& options) {
  struct Arguments {
    std::string verb, folder;
  };
  const auto asked = std::make_shared<Arguments>();
  const CommandLine& line = options.command_line();
  options.argument(asked->verb, text("VERB", [&line] { return listed_verbs(line); }),
                   "The verb whose page is printed (default: one page with all)");
  options.option("--folder", asked->folder, named("FOLDER", file()),
                 "Write assay.1 and a page for each verb into this folder");
  options.footer("Example:\n  assay manual run | man -l -");
  return [asked, &line] {
    if (!asked->folder.empty()) {
      write_pages(line, asked->folder);
    } else {
      fmt::print("{}",
                 asked->verb.empty() ? page_of(line) : page_of(verb_named(line, asked->verb)));
    }
    return kDone;
  };
}

}  // namespace

const Verb verb = {"manual", "Print the man pages", add, VerbGroup::extend};

}  // namespace assay::cli::manual
