// assay completion: what makes a shell complete verbs, options and names.
#include "harness/cli/completion.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include "harness/cli/verb.h"

namespace assay::cli {
extern const Verb completion_verb;

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

std::function<int()> add(CLI::App& app) {
  struct Options {
    std::string shell;
    std::vector<std::string> line;
  };
  const auto options = std::make_shared<Options>();
  auto* shell = app.add_option("shell", options->shell, "bash, zsh or fish")
                    ->required()
                    ->check(CLI::IsMember({"bash", "zsh", "fish", "words"}));
  complete_with(shell, [] { return std::vector<std::string>{"bash", "fish", "zsh"}; });
  app.add_option("line", options->line, "")->group("");
  app.footer(
      "Examples:\n"
      "  source <(assay completion bash)\n"
      "  assay completion zsh > \"${fpath[1]}/_assay\"\n"
      "  assay completion fish > ~/.config/fish/completions/assay.fish");
  return [options, parent = app.get_parent()] {
    const auto script = kShells.find(options->shell);
    if (script != kShells.end()) {
      fmt::print("{}", script->second);
      return kDone;
    }
    const Completion completion = complete(*parent, options->line);
    for (const std::string& word : completion.words) fmt::print("{}\n", word);
    if (completion.files) fmt::print(":files\n");
    return kDone;
  };
}

}  // namespace

const Verb completion_verb = {"completion", "Print tab completion for a shell", add};

}  // namespace assay::cli
