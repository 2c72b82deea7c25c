#include "backends/cudalike/compiler.h"

#include <fmt/format.h>

#include "backends/cudalike/device.h"

namespace assay::backends::cudalike {
namespace {

std::string log_of(const CompilerApi& api, void* program) {
  std::size_t size = 0;
  if (api.log_size.status(program, &size) != 0 || size <= 1) return {};
  std::string log(size, '\0');
  if (api.log.status(program, log.data()) != 0) return {};
  log.resize(log.find('\0') == std::string::npos ? size : log.find('\0'));
  return log;
}

std::vector<char> image_of(const CompilerApi& api, void* program) {
  std::size_t size = 0;
  if (api.cubin_size && api.cubin && api.cubin_size.status(program, &size) == 0 && size > 0) {
    std::vector<char> image(size);
    api.cubin(program, image.data());
    return image;
  }
  api.ptx_size(program, &size);
  std::vector<char> image(size);
  api.ptx(program, image.data());
  return image;
}

/// Destroys the program on every way out.
struct Program {
  const CompilerApi& api;
  void* handle = nullptr;
  ~Program() {
    if (handle != nullptr) api.destroy.pointer(&handle);
  }
};

}  // namespace

std::unique_ptr<Compiler> Compiler::bind_to(const Dialect& dialect, const Library& library,
                                            std::string& reason) {
  auto compiler = std::make_unique<Compiler>();
  compiler->options_ = dialect.compiler_options;
  compiler->path_ = library.path;
  Binder binder(dialect, library, &compiler->statuses_);
  bind(compiler->api_, binder);
  if (!binder.missing().empty()) {
    reason = fmt::format("{} lacks {}", library.path, fmt::join(binder.missing(), ", "));
    return nullptr;
  }
  int major = 0, minor = 0;
  if (compiler->api_.version && compiler->api_.version.status(&major, &minor) == 0) {
    compiler->version_ = fmt::format("{}.{}", major, minor);
  }
  return compiler;
}

Compiled Compiler::compile(const std::string& text, const std::string& architecture) const {
  Program program{api_};
  api_.create(&program.handle, text.c_str(), "portable.cu", 0, nullptr, nullptr);
  Texts options;
  std::vector<const char*> pointers;
  for (const std::string& option : options_) {
    const auto at = option.find("{}");
    options.push_back(at == std::string::npos
                          ? option
                          : option.substr(0, at) + architecture + option.substr(at + 2));
  }
  for (const std::string& option : options) pointers.push_back(option.c_str());
  const int status =
      api_.compile.status(program.handle, static_cast<int>(pointers.size()), pointers.data());
  const std::string log = log_of(api_, program.handle);
  if (status != 0) {
    throw sdk::Failure(ASSAY_UNSUPPORTED,
                       fmt::format("{} {}: status {}; log: {}", api_.compile.name,
                                   fmt::join(options, " "), status, log));
  }
  return {image_of(api_, program.handle), log, fmt::format("{}", fmt::join(options, " "))};
}

std::string architecture_of(const Dialect& dialect, int capability) {
  for (const auto& [known, name] : dialect.architectures) {
    if (known == capability) return std::string(name);
  }
  if (!dialect.architectures.empty()) return {};
  // From 9.0 on, tensor-core instructions belong to the architecture alone ("a"): CUDA C++
  // Programming Guide, "Family- and architecture-specific features".
  return fmt::format("{}{}", capability, capability >= 90 ? "a" : "");
}

std::unique_ptr<CompilerSession> CompilerSession::open(Device& device, std::string& reason) {
  const Dialect& dialect = platform().dialect();
  if (dialect.libraries.compiler.empty() || dialect.prelude.empty()) {
    reason = fmt::format("no run-time compiler of {} is known", dialect.vendor);
    return nullptr;
  }
  if (!platform().driver().has_modules()) {
    reason = fmt::format("{}'s driver has no calls to load and launch modules", dialect.vendor);
    return nullptr;
  }
  sdk::Pairs tried;
  const Library library = platform().beside(dialect.libraries.compiler, "compiler", tried);
  if (!library) {
    reason = fmt::format("no {} can be opened: {}", dialect.libraries.compiler.front(),
                         tried.empty() ? "" : tried.back().second);
    return nullptr;
  }
  auto session = std::make_unique<CompilerSession>();
  session->compiler_ = Compiler::bind_to(dialect, library, reason);
  if (!session->compiler_) return nullptr;
  session->architecture_ = architecture_of(dialect, device.capability());
  if (session->architecture_.empty()) {
    reason = fmt::format("what {} calls an architecture of compute capability {}.{} is not known",
                         library.path, device.capability() / 10, device.capability() % 10);
    return nullptr;
  }
  return session;
}

Module::Module(const std::vector<char>& image) {
  platform().driver().module_load(&module_, image.data());
}

Module::~Module() {
  if (module_ != nullptr) platform().driver().module_unload.pointer(module_);
}

void* Module::function(const std::string& name, std::int64_t local_bytes) const {
  const DriverApi& driver = platform().driver();
  void* function = nullptr;
  driver.module_function(&function, module_, name.c_str());
  // CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES; up to 48 KiB need no permission.
  constexpr int kDynamicLocalMemory = 8;
  constexpr std::int64_t kFree = 48 << 10;
  if (local_bytes > kFree && driver.function_attribute) {
    driver.function_attribute(function, kDynamicLocalMemory, static_cast<int>(local_bytes));
  }
  return function;
}

}  // namespace assay::backends::cudalike
