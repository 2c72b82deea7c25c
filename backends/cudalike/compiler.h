// The vendor's run-time compiler (NVRTC and its copies), and modules made of what it compiles.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backends/cudalike/platform.h"

namespace assay::backends::cudalike {

class Device;

/// What a compiler makes of a text.
struct Compiled {
  std::vector<char> image;  ///< cubin, code object or fat binary
  std::string log;          ///< warnings
  std::string options;
};

/// A compiler library without a device.
class Compiler {
 public:
  Compiler() = default;
  /// Null with the reason where the library lacks a call that is needed.
  static std::unique_ptr<Compiler> bind_to(const Dialect& dialect, const Library& library,
                                           std::string& reason);

  /// Throws sdk::Failure with the compiler's log. `architecture` fills the options' {}.
  Compiled compile(const std::string& text, const std::string& architecture) const;
  const std::string& path() const { return path_; }
  const std::string& version() const { return version_; }

 private:
  Texts options_;
  Statuses statuses_;
  CompilerApi api_;
  std::string path_, version_;
};

/// The compiler for a device.
class CompilerSession {
 public:
  static std::unique_ptr<CompilerSession> open(Device& device, std::string& reason);
  Compiled compile(const std::string& text) const {
    return compiler_->compile(text, architecture_);
  }
  const Compiler& compiler() const { return *compiler_; }
  const std::string& architecture() const { return architecture_; }

 private:
  std::unique_ptr<Compiler> compiler_;
  std::string architecture_;
};

/// A loaded image.
class Module {
 public:
  explicit Module(const std::vector<char>& image);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  /// `local_bytes`: dynamic local memory that launches will request.
  void* function(const std::string& name, std::int64_t local_bytes) const;

 private:
  void* module_ = nullptr;
};

/// What the dialect's compiler calls a capability's architecture. NVIDIA's is "90a" for 90: with
/// the architecture's own instructions where it has such. Empty where it has no name that is known.
std::string architecture_of(const Dialect& dialect, int capability);

}  // namespace assay::backends::cudalike
