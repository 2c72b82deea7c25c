#include "backends/loader.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <utility>

#include "backends/safe_path.h"
#include "kernels/error.h"

namespace assay::backends {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "assay_backend_";
constexpr std::string_view kSuffix = ".so";

[[noreturn]] void refuse(const fs::path& file, const std::string& why, const std::string& hint) {
  throw Error(fmt::format("opening module {}: {}", file.string(), why), hint);
}

/// Refuses a file for what dlerror() `said`, which may be null.
[[noreturn]] void refuse_unopened(const fs::path& file, const char* said) {
  const std::string why = said == nullptr ? "the dynamic linker refused it" : said;
  const std::string name = why.substr(0, why.find(": cannot open shared object file"));
  if (name == why || name.find('/') != std::string::npos) {
    refuse(file, why,
           "install the library that it names as missing, or rebuild the module on this system");
  }
  // As a rule, the library belongs to devices that are not here either.
  throw Error(
      fmt::format("no {}, which the module {} is linked with", name, file.string()),
      fmt::format("to use these devices, install what provides {}; nothing else needs it", name));
}

/// The name of the first required entry that is null, or "".
std::string_view missing_entry(const assay_backend& table) {
  const std::pair<std::string_view, bool> required[] = {
      {"name", table.name != nullptr && *table.name != '\0'},
      {"version", table.version != nullptr},
      {"description", table.description != nullptr},
      {"probe", table.probe != nullptr},
      {"device_info", table.device_info != nullptr},
      {"open", table.open != nullptr},
      {"close", table.close != nullptr},
      {"allocate", table.allocate != nullptr},
      {"free", table.free != nullptr},
      {"upload", table.upload != nullptr},
      {"download", table.download != nullptr},
      {"implementations", table.implementations != nullptr},
      {"prepare", table.prepare != nullptr},
      {"release", table.release != nullptr},
      {"describe", table.describe != nullptr},
      {"run", table.run != nullptr},
      {"last_error", table.last_error != nullptr}};
  for (const auto& [name, present] : required) {
    if (!present) return name;
  }
  return {};
}

const assay_backend* table_of(void* library, const fs::path& file) {
  const auto entry = reinterpret_cast<assay_backend_entry_fn>(dlsym(library, ASSAY_BACKEND_ENTRY));
  if (entry == nullptr) {
    refuse(file, "it exports no " ASSAY_BACKEND_ENTRY,
           "it is not a backend of Assay, or the symbol is hidden: export it with default "
           "visibility and C linkage");
  }
  const std::string rebuild =
      fmt::format("rebuild it against this version's assay_backend.h (ABI {})", ASSAY_BACKEND_ABI);
  const assay_backend* table = entry(ASSAY_BACKEND_ABI);
  if (table == nullptr) {
    refuse(file, fmt::format("it does not serve interface version {}", ASSAY_BACKEND_ABI), rebuild);
  }
  // Size and version come first in every version; read nothing else before they are checked.
  if (table->struct_size < offsetof(assay_backend, abi) + sizeof table->abi) {
    refuse(file, fmt::format("its table says that it has {} bytes", table->struct_size), rebuild);
  }
  if (table->abi != ASSAY_BACKEND_ABI) {
    refuse(file,
           fmt::format("it was built for interface version {}, but this program uses version {}",
                       table->abi, ASSAY_BACKEND_ABI),
           rebuild);
  }
  if (table->struct_size < sizeof *table) {
    refuse(file,
           fmt::format("its table has {} bytes, too small for the {} of interface version {}",
                       table->struct_size, sizeof *table, ASSAY_BACKEND_ABI),
           rebuild);
  }
  if (const std::string_view name = missing_entry(*table); !name.empty()) {
    refuse(file, fmt::format("its table has no {}", name),
           "fill every entry that assay_backend.h does not call optional");
  }
  return table;
}

std::vector<fs::path> named_folders() {
  std::vector<fs::path> folders;
  const char* variable = std::getenv("ASSAY_BACKEND_PATH");
  std::string_view rest = variable == nullptr ? "" : variable;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const fs::path folder(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (folder.empty()) continue;
    if (folder.is_relative()) {
      throw InputError(fmt::format("ASSAY_BACKEND_PATH: relative path {} refused", folder.string()),
                       fmt::format("use an absolute path: {}",
                                   fs::absolute(folder).lexically_normal().string()));
    }
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
      throw InputError(fmt::format("ASSAY_BACKEND_PATH: {} is not a folder", folder.string()),
                       "name folders that hold assay_backend_NAME.so, separated by colons");
    }
    folders.push_back(folder);
  }
  return folders;
}

std::vector<fs::path> search_folders() {
  std::vector<fs::path> folders = named_folders();
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    const fs::path beside = executable.parent_path();
    folders.push_back(beside);
    // An installation that was moved as a whole keeps the path from its programs to its modules.
    folders.push_back((beside / ASSAY_MODULES_FROM_BIN).lexically_normal());
  }
  folders.emplace_back(ASSAY_MODULES_INSTALLED);
  return folders;
}

/// The NAME of a file assay_backend_NAME.so; empty for others.
std::string module_name(const fs::path& file) {
  const std::string base = file.filename().string();
  if (base.size() <= kPrefix.size() + kSuffix.size()) return {};
  if (!base.starts_with(kPrefix) || !base.ends_with(kSuffix)) return {};
  return base.substr(kPrefix.size(), base.size() - kPrefix.size() - kSuffix.size());
}

}  // namespace

Module Module::open(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) {
    refuse(file, "there is no such file",
           "check the path, or set ASSAY_BACKEND_PATH to its folder");
  }
  // The very file that was looked at, whatever becomes of the links on the way to it.
  const fs::path whole = fs::canonical(file, error);
  if (error) refuse(file, error.message(), "check the path and its permissions");
  for (const fs::path& path : {whole, fs::absolute(file).parent_path()}) {
    if (const auto danger = danger_of(path)) refuse(file, danger->what, danger->mend);
  }
  Module module;
  module.path_ = file;
  module.library_ = dlopen(whole.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module.library_ == nullptr) {
    refuse_unopened(file, dlerror());
  }
  module.table_ = table_of(module.library_, file);
  // Devices are named after the file, so a module cannot pass for another one.
  const std::string name = module_name(file);
  if (!name.empty() && name != module.table_->name) {
    refuse(file, fmt::format("it does not call itself \"{}\", as its file does", name),
           "rename the file to assay_backend_NAME.so with the module's own name");
  }
  return module;
}

Module::Module(Module&& other) noexcept {
  *this = std::move(other);
}

Module& Module::operator=(Module&& other) noexcept {
  std::swap(library_, other.library_);
  std::swap(table_, other.table_);
  std::swap(path_, other.path_);
  return *this;
}

bool Module::joins() const {
  return table_->unique_id != nullptr && table_->join != nullptr && table_->leave != nullptr;
}

std::vector<std::string> Module::environment_variables() const {
  std::vector<std::string> names;
  if (table_->environment_variables == nullptr) return names;
  std::size_t count = 0;
  const char* const* const list = table_->environment_variables(&count);
  for (std::size_t i = 0; list != nullptr && i < count; ++i) {
    if (list[i] != nullptr) names.emplace_back(list[i]);
  }
  return names;
}

Module::~Module() {
  if (library_ != nullptr) dlclose(library_);
}

std::vector<ModuleFile> find_modules() {
  return modules_in(search_folders());
}

std::vector<ModuleFile> modules_in(const std::vector<fs::path>& folders) {
  std::vector<ModuleFile> found;
  for (const fs::path& folder : folders) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      std::error_code unknown;
      if (!entry->is_directory(unknown)) files.push_back(entry->path());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      const std::string name = module_name(file);
      if (name.empty()) continue;
      const auto same = [&](const ModuleFile& one) { return one.name == name; };
      if (std::none_of(found.begin(), found.end(), same)) found.push_back({name, file});
    }
  }
  return found;
}

}  // namespace assay::backends
