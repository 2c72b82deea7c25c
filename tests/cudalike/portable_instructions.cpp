// Prints what NVRTC makes of the portable kernels with tensor cores, without a device: a line for
// each problem and architecture, of the candidate that is taken where nobody tunes, or with --all
// of every candidate. With --keep the texts and images are written there, for nvdisasm -c.
// Usage: portable_instructions [--all] [--arch NAME] [--keep FOLDER] [PROBLEM...]
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "instructions.h"

namespace {

using namespace assay::backends::cudalike;

struct Options {
  bool all = false;
  std::string only_arch, folder;
  std::vector<std::string_view> problems;
};

Options options_of(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view one = arguments[i];
    if (one == "--all") {
      options.all = true;
    } else if (one == "--arch" && i + 1 < count) {
      options.only_arch = arguments[++i];
    } else if (one == "--keep" && i + 1 < count) {
      options.folder = arguments[++i];
    } else {
      options.problems.push_back(one);
    }
  }
  if (options.problems.empty()) {
    options.problems.assign(std::begin(kTensorProblems), std::end(kTensorProblems));
  }
  return options;
}

void keep(const std::string& folder, int number, const char* arch, const Counted& one) {
  const auto path = std::filesystem::path(folder) / fmt::format("{}.sm_{}", number, arch);
  std::ofstream(path.string() + ".cu") << one.text;
  std::ofstream(path.string() + ".cubin", std::ios::binary)
      .write(one.image.data(), static_cast<std::streamsize>(one.image.size()));
}

void print(const Options& options) {
  std::string reason;
  const auto compiler = nvidia_compiler(reason);
  if (!compiler) throw std::runtime_error("nothing is compiled: " + reason);
  fmt::print("{}, version {}\n{:>8}{:>6}{:>8}{:>8}{:>6}{:>8}{:>7}  problem{}\n", compiler->path(),
             compiler->version(), "sm", "regs", "spills", "shared", "loop", "tensor", "ratio",
             options.all ? "; parameters" : "");
  int number = 0;
  for (const std::string_view problem : options.problems) {
    for (const Architecture& arch : kArchitectures) {
      if (!options.only_arch.empty() && options.only_arch != arch.name) continue;
      for (const Counted& one : counted(*compiler, problem, arch, options.all)) {
        const MachineCode& code = one.code;
        fmt::print("{:>8}{:>6}{:>8}{:>8}{:>6}{:>8}{:>7.2f}  {}{}\n", arch.name, code.registers,
                   code.spills, one.local_bytes, code.loop, code.tensor_in_loop,
                   code.per_tensor_instruction(), problem,
                   options.all ? "; " + one.parameters : "");
        std::fflush(stdout);
        if (!options.folder.empty()) keep(options.folder, number++, arch.name, one);
      }
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  try {
    print(options_of(count, arguments));
  } catch (const std::exception& error) {
    fmt::print(stderr, "portable_instructions: {}\n", error.what());
    return 1;
  }
  return 0;
}
