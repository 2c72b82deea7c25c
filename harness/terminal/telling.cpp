#include "harness/terminal/telling.h"

#include <fmt/format.h>
#include <unistd.h>

namespace assay::harness::terminal {

namespace {

Telling chosen;

}  // namespace

void set_telling(const Telling& telling) {
  chosen = telling;
}

const Telling& telling() {
  return chosen;
}

bool draws_status() {
  return chosen.progress && isatty(STDERR_FILENO) != 0;
}

void remark(const std::string& text) {
  if (chosen.remarks) fmt::print(stderr, "{}", text);
}

void note(const std::string& text) {
  remark("note: " + text + "\n");
}

}  // namespace assay::harness::terminal
