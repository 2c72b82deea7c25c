#include "harness/cli/page_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

#include "harness/quantities.h"
#include "kernels/error.h"
#include "results/report/page.h"

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

/// A file descriptor that closes.
struct Descriptor {
  int number = -1;
  ~Descriptor() {
    if (number >= 0) close(number);
  }
};

}  // namespace

PageFile::PageFile(std::string option, std::string path, bool force)
    : option_(std::move(option)), path_(std::move(path)) {
  if (path_.empty()) {
    throw InputError(option_ + ": names no file", "name one, or - for standard output");
  }
  std::error_code none;
  if (fs::is_directory(path_, none)) cannot_write(EISDIR);
  if (force || !fs::is_regular_file(path_, none) || fs::file_size(path_, none) == 0) return;
  // A page may be replaced by the next; anything else is somebody's file.
  std::ifstream stream(path_, std::ios::binary);
  std::string beginning(512, '\0');
  stream.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  if (results::is_page(beginning)) return;
  throw InputError(
      fmt::format("{} {}: exists and is not a report of Assay", option_, path_.string()),
      "name another file, or --force to replace it");
}

void PageFile::cannot_write(int error) const {
  throw InputError(fmt::format("{} {}: {}", option_, path_.string(), std::strerror(error)),
                   "name a file in a folder that you may write to, or - for standard output");
}

void PageFile::write_all(int descriptor, const std::string& text) const {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t wrote = ::write(descriptor, text.data() + done, text.size() - done);
    if (wrote < 0 && errno != EINTR) cannot_write(errno);
    if (wrote > 0) done += static_cast<std::size_t>(wrote);
  }
}

void PageFile::replace(const fs::path& file, const std::string& text) const {
  // Under another name first.
  const std::string temporary = fmt::format("{}.{}.part", file.string(), getpid());
  {
    const Descriptor part{open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666)};
    if (part.number < 0) cannot_write(errno);
    try {
      write_all(part.number, text);
      if (fsync(part.number) != 0) cannot_write(errno);
    } catch (const InputError&) {
      unlink(temporary.c_str());
      throw;
    }
  }
  if (std::rename(temporary.c_str(), file.c_str()) != 0) {
    const int error = errno;
    unlink(temporary.c_str());
    cannot_write(error);
  }
}

void PageFile::write(const std::string& text) const {
  std::error_code none;
  if (path_ == "-") {
    write_all(STDOUT_FILENO, text);
    return;
  }
  if (fs::exists(path_, none) && !fs::is_regular_file(path_, none)) {
    // A pipe or a device takes what it is given and is not replaced.
    const Descriptor file{open(path_.c_str(), O_WRONLY)};
    if (file.number < 0) cannot_write(errno);
    write_all(file.number, text);
  } else {
    replace(fs::is_symlink(path_, none) ? fs::canonical(path_) : path_, text);
  }
  fmt::print(stderr, "report {} ({})\n", fs::absolute(path_).lexically_normal().string(),
             harness::bytes_text(static_cast<double>(text.size())));
}

}  // namespace assay::cli
