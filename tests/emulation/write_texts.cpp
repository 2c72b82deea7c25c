// Writes a C++ source for each case: the emulated machine's functions, the portable text, and calls
// of its kernels. The build runs it: write_texts FOLDER.
#include <fmt/format.h>

#include <fstream>

#include "tests/emulation/cases.h"

namespace {

using namespace assay;

void write(const emulation::Case& one, const std::string& file) {
  const auto problem = kernels::Problem::parse(one.problem);
  const auto& kernel = *kernels::find_portable(problem.operation().name);
  kernels::PortableTarget target;
  target.prelude = "musa";
  target.tile_multiply = one.tile;
  std::ofstream out(file);
  out << "#include \"tests/emulation/words.h\"\nnamespace {\n"
      << portable_text(kernel, target, problem, one.parameters);
  std::string parameters;
  for (const auto& [name, value] : one.parameters) {
    parameters += fmt::format("{{\"{}\", {}}},", name, value);
  }
  std::string kernels;
  for (const auto& launch : kernel.launches(problem, one.parameters)) {
    kernels += fmt::format("{{\"{0}\", assay::emulation::entry({0})}},", launch.kernel);
  }
  out << fmt::format(
      "const assay::emulation::Registered registered({{\"{}\", \"{}\", {{{}}}, {{{}}}}});\n}}\n",
      one.name, one.problem, parameters, kernels);
}

}  // namespace

int main(int, char** arguments) {
  for (const auto& one : emulation::cases()) {
    write(one, fmt::format("{}/{}.cpp", arguments[1], one.name));
  }
}
