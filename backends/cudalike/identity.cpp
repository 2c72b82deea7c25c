#include "backends/cudalike/identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace assay::backends::cudalike {
namespace {

/// Dialects that call their runtime library, or a wrapper of it, as `asked` calls its own, itself
/// among them.
std::vector<const Dialect*> namesakes(const Dialect& asked) {
  const auto has_a_name_of = [&](const Texts& names) {
    return std::ranges::find_first_of(names, asked.libraries.runtime) != names.end();
  };
  std::vector<const Dialect*> all;
  for (const Dialect* one : dialects()) {
    if (has_a_name_of(one->libraries.runtime) || has_a_name_of(one->wrapped_runtimes)) {
      all.push_back(one);
    }
  }
  return all;
}

bool needs_no_sign(const Dialect& dialect) {
  return dialect.signs.folders.empty() && dialect.signs.symbols.empty();
}

}  // namespace

Owner owner_by_path(const Dialect& asked, const std::string& path) {
  std::error_code error;
  const auto real = std::filesystem::canonical(path, error);
  const std::string text = error ? path : real.string();
  for (const Dialect* one : namesakes(asked)) {
    for (const std::string& folder : one->signs.folders) {
      if (text.find(folder) == std::string::npos) continue;
      return {one, fmt::format("its path {} holds \"{}\"", text, folder)};
    }
  }
  return {};
}

Owner owner(const Dialect& asked, const Library& runtime) {
  const auto candidates = namesakes(asked);
  for (const Dialect* one : candidates) {
    std::string found;
    if (runtime.symbol(one->signs.symbols, &found) != nullptr) {
      return {one, fmt::format("it or what it depends on has the symbol {}", found)};
    }
  }
  if (Owner by_path = owner_by_path(asked, runtime.path); by_path.dialect != nullptr) {
    return by_path;
  }
  if (candidates.size() == 1) return {&asked, "no other vendor's runtime has its name"};
  const Dialect* original = nullptr;
  const Dialect* by_files = nullptr;
  Texts files;
  for (const Dialect* one : candidates) {
    if (needs_no_sign(*one)) original = one;
    const Texts present = device_files(one->signs.device_files);
    if (present.empty()) continue;
    if (by_files != nullptr) files.emplace_back("and");  // two vendors' devices: no proof
    by_files = one;
    files.push_back(present.front());
  }
  if (files.size() == 1) return {by_files, fmt::format("only {} is there", files.front())};
  if (original == nullptr) return {nullptr, "neither its path nor its symbols name a vendor"};
  const Texts present = device_files(original->signs.device_files);
  if (!present.empty()) return {original, fmt::format("{} is there", present.front())};
  if (original->pci_vendor != 0 && pci_devices(original->pci_vendor) > 0) {
    return {original, fmt::format("a device of PCI vendor {:04x} is there", original->pci_vendor)};
  }
  return {original,
          fmt::format("neither its path, its symbols, a device file nor the PCI bus says whose it "
                      "is; {}'s names are used",
                      original->vendor),
          false};
}

}  // namespace assay::backends::cudalike
