// Runs a fuzz target without libFuzzer: over a corpus, and for some seconds over seeded mutations
// of it, in the same order every time. Usage: TARGET SECONDS FILE|FOLDER... . A refused file of the
// first path is a failure, since its mutations would reach little. An input that ends the target is
// written to the file broken-input.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/target.h"

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Seed {
  fs::path file;
  std::string text;
  bool own = false;  ///< of the first path: made for this target
};

std::vector<Seed> read_corpus(int count, char** paths) {
  std::vector<Seed> corpus;
  for (int i = 0; i < count; ++i) {
    std::vector<fs::path> files;
    if (fs::is_directory(paths[i])) {
      for (const auto& entry : fs::directory_iterator(paths[i])) {
        if (entry.is_regular_file()) files.push_back(entry.path());
      }
    } else {
      files.emplace_back(paths[i]);
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) corpus.push_back({file, read(file), i == 0});
  }
  return corpus;
}

class Mutator {
 public:
  explicit Mutator(const std::vector<Seed>& corpus) : corpus_(corpus) {}

  std::string next() {
    std::string text = corpus_[below(corpus_.size())].text;
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) change(text);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : engine_() % limit; }

  void change(std::string& text) {
    static constexpr const char* kWords[] = {"0",     "-1",   "18446744073709551616",
                                             "1e309", "nan",  "=",
                                             "[",     "]",    "{",
                                             "}",     "\"",   "\n",
                                             "[[",    "null", " ",
                                             "\\",    "/",    "'",
                                             "true",  ".",    ",",
                                             "\xff",  "(",    ")",
                                             "*",     "^",    "#",
                                             "\0",    "i8",   "type",
                                             "1.5",   "-",    "\t"};
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = std::min(below(24), text.size() - at);
    switch (below(6)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(engine_() & 0xff);
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, kWords[below(std::size(kWords))]);
        break;
      case 3:
        text.replace(at, length, kWords[below(std::size(kWords))]);
        break;
      case 4:
        text.insert(below(text.size() + 1), text.substr(at, length));
        break;
      default: {
        const std::string& other = corpus_[below(corpus_.size())].text;
        text = text.substr(0, at) + other.substr(below(other.size() + 1));
      }
    }
  }

  const std::vector<Seed>& corpus_;
  std::mt19937_64 engine_{1};
};

const std::string* running = nullptr;

/// For a signal: only with functions that are safe in one.
void keep_running_input(int signal) {
  const int file = open("broken-input", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file >= 0 && running != nullptr && write(file, running->data(), running->size()) >= 0) {
    constexpr char kWhere[] = "the input is in the file broken-input\n";
    (void)!write(STDERR_FILENO, kWhere, sizeof kWhere - 1);
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const std::string& text) {
  running = &text;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) {
    std::fprintf(stderr, "usage: %s SECONDS FILE|FOLDER...\n", words[0]);
    return 2;
  }
  const std::vector<Seed> corpus = read_corpus(count - 2, words + 2);
  if (corpus.empty()) {
    std::fprintf(stderr, "the corpus is empty\n");
    return 2;
  }
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS, SIGILL}) {
    std::signal(signal, keep_running_input);
  }
  run("");
  bool all_accepted = true;
  for (const Seed& seed : corpus) {
    assay::fuzz::accepted = false;
    run(seed.text);
    if (assay::fuzz::accepted || !seed.own) continue;
    std::fprintf(stderr, "%s: is refused; write it anew with tests/fuzz/write-seeds\n",
                 seed.file.c_str());
    all_accepted = false;
  }
  Mutator mutator(corpus);
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(std::atof(words[1]));
  long mutations = 0;
  for (; Clock::now() < end; ++mutations) run(mutator.next());
  std::printf("%zu files, %ld mutations\n", corpus.size(), mutations);
  return all_accepted ? 0 : 1;
}
