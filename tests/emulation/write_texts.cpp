// Writes a C++ source for each case: the pretended machine's words, the portable text, and how to
// call its kernels. Run by the build: write_texts FOLDER.
#include <fmt/format.h>
#include <fmt/os.h>

#include <fstream>

#include "tests/emulation/cases.h"

namespace {

using namespace assay;

void write(const emulation::Case& one, const std::string& file) {
  const auto problem = kernels::Problem::parse(one.problem);
  const std::string operation(problem.operation().name);
  kernels::PortableTarget target;
  target.prelude = "musa";
  target.tile_multiply = one.tile;
  std::ofstream out(file);
  out << "#include \"tests/emulation/words.h\"\nnamespace {\n"
      << portable_text(*kernels::find_portable(operation), target, problem, one.parameters);
  std::string parameters;
  for (const auto& [name, value] : one.parameters) {
    parameters += fmt::format("{{\"{}\", {}}},", name, value);
  }
  const std::string second =
      operation == "attention" ? ", {\"combine\", assay::emulation::entry(combine)}" : "";
  out << fmt::format(
      "const assay::emulation::Registered registered({{\"{}\", \"{}\", {{{}}},\n"
      "  {{{{\"{}\", assay::emulation::entry({})}}{}}}}});\n}}\n",
      one.name, one.problem, parameters, operation, operation, second);
}

}  // namespace

int main(int, char** arguments) {
  for (const auto& one : emulation::cases()) {
    write(one, fmt::format("{}/{}.cpp", arguments[1], one.name));
  }
}
