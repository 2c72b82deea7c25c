#include "kernels/portable.h"

#include <fmt/format.h>

#include "kernels/embedded.h"
#include "kernels/error.h"
#include "kernels/sha256.h"

namespace assay::kernels {

/// By path under kernels/.
std::span<const EmbeddedFile> portable_files();

namespace {

std::string_view file_text(const std::string& path) {
  for (const EmbeddedFile& file : portable_files()) {
    if (file.name == path) return file.text;
  }
  throw InputError(fmt::format("there is no portable text kernels/{}", path));
}

/// Appends a text with its `#include "NAME"` lines replaced by prelude/NAME; "tile.h" is the file
/// of the target's tile multiply. Run-time compilers have no files to include.
void append(std::string& out, std::string_view text, const std::string& tile) {
  constexpr std::string_view kInclude = "#include \"";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    if (!line.starts_with(kInclude)) {
      out += line;
      continue;
    }
    std::string name(line.substr(kInclude.size()));
    name.resize(name.find('"'));
    if (name == "tile.h") name = "tile_" + tile + ".h";
    append(out, file_text("prelude/" + name), tile);
  }
}

void define(std::string& out, std::string_view name, std::string_view value) {
  out += fmt::format("#define {} {}\n", name, value);
}

}  // namespace

PortableArgument operand_argument(std::int64_t index) {
  return {PortableArgument::Kind::operand, index, 0};
}
PortableArgument scratch_argument() {
  return {PortableArgument::Kind::scratch, 0, 0};
}
PortableArgument integer_argument(std::int64_t value) {
  return {PortableArgument::Kind::integer, value, 0};
}
PortableArgument real_argument(double value) {
  return {PortableArgument::Kind::real, 0, value};
}

const PortableKernel* find_portable(std::string_view operation) {
  for (const PortableKernel* kernel : portable_kernels()) {
    if (kernel->operation == operation) return kernel;
  }
  return nullptr;
}

std::string_view portable_source(const PortableKernel& kernel) {
  return file_text(std::string(kernel.operation) + "/portable.kernel");
}

std::string portable_source_sha256(const PortableKernel& kernel) {
  return sha256(portable_source(kernel));
}

std::string portable_text(const PortableKernel& kernel, const PortableTarget& target,
                          const Problem& problem, const PortableParameters& parameters) {
  std::string out;
  std::map<std::string, std::string> macros = kernel.macros(problem, target);
  define(out, "HAVE_F64", target.f64 ? "1" : "0");
  define(out, "HAVE_F16", target.f16 ? "1" : "0");
  define(out, "HAVE_BF16", target.bf16_conversion ? "1" : "0");
  define(out, "SUBGROUP", std::to_string(target.subgroup_size));
  std::string tile = target.tile_multiply;
  if (const auto chosen = macros.find("TILE"); chosen != macros.end()) {
    tile = chosen->second;
    macros.erase(chosen);
  }
  for (const auto& [name, value] : macros) define(out, name, value);
  for (const auto& [name, value] : parameters) define(out, name, std::to_string(value));
  append(out, file_text("prelude/" + target.prelude + ".h"), tile);
  append(out, portable_source(kernel), tile);
  return out;
}

std::string parameters_text(const PortableParameters& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    out += fmt::format("{}{}={}", out.empty() ? "" : " ", name, value);
  }
  return out;
}

}  // namespace assay::kernels
