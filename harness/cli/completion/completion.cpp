// assay completion: scripts with which a shell completes verbs, options and names.
#include "harness/cli/completion.h"

#include <fmt/format.h>

#include <map>
#include <memory>

#include "harness/cli/values.h"
#include "harness/cli/verb.h"

namespace assay::cli::completion {
extern const Verb verb;

namespace {

constexpr const char* kBash = R"(_assay() {
  local words
  words=$(assay completion words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return
  case $words in
    *:files*) compopt -o default; words=${words/:files/} ;;
  esac
  local IFS=$'\n'
  COMPREPLY=($words)
}
complete -F _assay assay
)";

constexpr const char* kZsh = R"(#compdef assay
local -a found
found=("${(@f)$(assay completion words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
if (( ${found[(I):files]} )); then
  found=(${found:#:files})
  _files
fi
(( $#found )) && compadd -a found
)";

constexpr const char* kFish = R"(function __assay_words
  set -l words (commandline -opc) (commandline -ct)
  for word in (assay completion words -- $words[2..-1] 2>/dev/null)
    if test "$word" = ":files"
      __fish_complete_path (commandline -ct)
    else
      echo $word
    end
  end
end
complete -c assay -f -a '(__assay_words)'
)";

const std::map<std::string, const char*> kShells = {
    {"bash", kBash}, {"zsh", kZsh}, {"fish", kFish}};

std::vector<std::string> shell_names() {
  std::vector<std::string> names;
  for (const auto& [name, script] : kShells) names.push_back(name);
  return names;
}

/// A shell; or "words", with which the shells' scripts ask for what may come next.
Kind<std::string> shell_or_words() {
  Kind<std::string> out = text("SHELL", shell_names);
  out.read = [](const std::string& text, const std::string& place) {
    if (text != "words") place_among(shell_names(), text, place);
    return text;
  };
  out.choices = shell_names();
  return out;
}

std::function<int()> add(Options& options) {
  struct Arguments {
    std::string shell;
    std::vector<std::string> typed;
  };
  const auto arguments = std::make_shared<Arguments>();
  options.argument(arguments->shell, shell_or_words(), "The shell").required = true;
  options.argument(arguments->typed, text("WORDS"), "").hidden = true;
  options.footer(
      "Examples:\n"
      "  source <(assay completion bash)\n"
      "  assay completion zsh > \"${fpath[1]}/_assay\"\n"
      "  assay completion fish > ~/.config/fish/completions/assay.fish");
  return [arguments, &line = options.command_line()] {
    const auto script = kShells.find(arguments->shell);
    if (script != kShells.end()) {
      fmt::print("{}", script->second);
      return kDone;
    }
    const Completion completion = complete(line, arguments->typed);
    for (const std::string& word : completion.words) fmt::print("{}\n", word);
    if (completion.files) fmt::print(":files\n");
    return kDone;
  };
}

}  // namespace

const Verb verb = {"completion", "Print tab completion for a shell", add, VerbGroup::extend};

}  // namespace assay::cli::completion
