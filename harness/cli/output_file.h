// Writes a file named by the user: in the end it is either the old file or the complete new one.
#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>

namespace assay::cli {

/// Throws the error for errno `error` when the file that `option` named cannot be written.
[[noreturn]] void cannot_write(const std::string& option, const std::filesystem::path& path,
                               int error);

class OutputFile {
 public:
  /// `option` named the file and appears in errors; "-" is standard output. A pipe or a device is
  /// written directly. Links are followed, and a file that is replaced keeps its mode. Throws
  /// InputError if the path cannot be written.
  OutputFile(std::string option, const std::string& path);
  /// Removes what was not committed.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// A write that fails throws Error.
  std::ostream& stream();
  /// Of the file while it is written, for programs that write to it directly.
  int descriptor() const { return descriptor_; }
  /// Replaces the file by what was written, durably.
  void commit();
  std::uint64_t bytes() const;

 private:
  class Buffer;
  std::string option_;
  std::filesystem::path path_, part_;
  int descriptor_ = -1;
  std::unique_ptr<Buffer> buffer_;
  std::unique_ptr<std::ostream> stream_;
};

}  // namespace assay::cli
