#include "harness/cli/page_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <utility>

#include "harness/cli/output_file.h"
#include "harness/terminal/quantities.h"
#include "harness/terminal/telling.h"
#include "kernels/error.h"
#include "results/page/page.h"
#include "results/page/text.h"

namespace assay::cli {

namespace fs = std::filesystem;

PageFile::PageFile(std::string option, std::string path, bool force)
    : option_(std::move(option)), path_(std::move(path)) {
  if (path_.empty()) {
    throw InputError(option_ + ": the file name is empty", "name a file, or - for standard output");
  }
  std::error_code none;
  if (fs::is_directory(path_, none)) cannot_write(option_, path_, EISDIR);
  if (force || !fs::is_regular_file(path_, none) || fs::file_size(path_, none) == 0) return;
  // A page of Assay may be replaced; any other file belongs to the user.
  std::ifstream stream(path_, std::ios::binary);
  std::string beginning(512, '\0');
  stream.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  if (results::page::is_page(beginning)) return;
  throw InputError(
      fmt::format("{} {}: exists and was not written by Assay", option_, path_.string()),
      "name another file, or --force to replace it");
}

void PageFile::write(const std::string& text) const {
  OutputFile file(option_, path_.string());
  file.stream() << text;
  file.commit();
  if (path_ == "-") return;
  harness::terminal::remark(
      fmt::format("report {} ({})\n", fs::absolute(path_).lexically_normal().string(),
                  results::page::bytes_text(static_cast<double>(text.size()))));
}

}  // namespace assay::cli
