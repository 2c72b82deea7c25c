// Writes a page to a file that a person named, without harm to what is there.
#pragma once

#include <filesystem>
#include <string>

namespace assay::cli {

class PageFile {
 public:
  /// `option` is what named the file, for errors; "-" is standard output. Throws InputError where
  /// the path is no file, or a file that is not a page of Assay and may not be replaced.
  PageFile(std::string option, std::string path, bool force);

  /// The file is either the old one or the whole new one. Says on stderr what was written.
  void write(const std::string& text) const;

 private:
  std::string option_;
  std::filesystem::path path_;
};

}  // namespace assay::cli
