// Writes an HTML page to a file named by the user, without overwriting other files.
#pragma once

#include <filesystem>
#include <string>

namespace assay::cli {

class PageFile {
 public:
  /// `option` named the file and appears in errors; "-" is standard output. Throws InputError if
  /// the path is not a file, or if it is a file that Assay did not write and `force` is false.
  PageFile(std::string option, std::string path, bool force);

  /// Replaces the file at once, and prints its name on stderr.
  void write(const std::string& text) const;

 private:
  std::string option_;
  std::filesystem::path path_;
};

}  // namespace assay::cli
