// Writes to a file that a person named: it is either the old one or the whole new one.
#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>

namespace assay::cli {

/// Throws the InputError for errno `error` met when writing to what `option` named.
[[noreturn]] void cannot_write(const std::string& option, const std::filesystem::path& path,
                               int error);

class OutputFile {
 public:
  /// `option` is what named the file, for errors; "-" is standard output. A pipe or a device is
  /// written to as it is. Throws InputError where the path cannot be written.
  OutputFile(std::string option, const std::string& path);
  /// Takes away what was not committed.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Throws InputError from any write that fails.
  std::ostream& stream();
  /// Puts what was written in the file's place, durably.
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
