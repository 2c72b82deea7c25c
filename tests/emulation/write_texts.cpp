// Writes a C++ source for each kind of tile multiplication. Each case has a namespace there: the
// emulated machine's functions, the portable text, and calls of its kernels. The build runs it:
// write_texts FOLDER.
#include <fmt/format.h>

#include <fstream>
#include <map>
#include <ostream>
#include <regex>
#include <set>

#include "tests/emulation/cases.h"

namespace {

using namespace assay;

/// Forgets the text's macros, which would change the next text.
void undefine(std::ostream& out, const std::string& text) {
  static const std::regex macro(R"(#\s*define\s+(\w+))");
  std::set<std::string> names;
  for (std::sregex_iterator at(text.begin(), text.end(), macro), end; at != end; ++at) {
    names.insert((*at)[1]);
  }
  for (const std::string& name : names) out << "#undef " << name << '\n';
}

void write(std::ostream& out, const emulation::Case& one) {
  const auto problem = kernels::Problem::parse(one.problem);
  const auto& kernel = *kernels::find_portable(problem.operation().name);
  kernels::PortableTarget target;
  target.prelude = "musa";
  target.tile_multiply = one.tile;
  const std::string text = portable_text(kernel, target, problem, one.parameters);
  out << "namespace " << one.name << " {\n#include \"tests/emulation/words.h\"\nnamespace {\n"
      << text;
  std::string parameters;
  for (const auto& [name, value] : one.parameters) {
    parameters += fmt::format("{{\"{}\", {}}},", name, value);
  }
  std::string kernels;
  for (const auto& launch : kernel.launches(problem, one.parameters)) {
    kernels += fmt::format("{{\"{0}\", assay::emulation::entry({0})}},", launch.kernel);
  }
  out << fmt::format(
      "const assay::emulation::Registered registered({{\"{}\", \"{}\", {{{}}}, "
      "{{{}}}}});\n}}\n}}\n",
      one.name, one.problem, parameters, kernels);
  undefine(out, text);
}

}  // namespace

int main(int, char** arguments) {
  std::map<std::string, std::ofstream> files;
  for (const auto& one : emulation::cases()) {
    auto [file, is_new] = files.try_emplace(one.tile);
    if (is_new) {
      file->second.open(fmt::format("{}/{}.cpp", arguments[1], one.tile));
      file->second << "#include \"tests/emulation/machine.h\"\n";
    }
    write(file->second, one);
  }
}
