#include "harness/cli/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <utility>

#include "kernels/error.h"

namespace assay::cli {

namespace fs = std::filesystem;

void cannot_write(const std::string& option, const fs::path& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  const std::string what = fmt::format("{} {}: {}", option, path.string(), std::strerror(error));
  if (full) throw Error(what, "free some space there, or name a file elsewhere");
  throw InputError(what, "name a file in a folder that you can write to, or - for standard output");
}

/// Buffers what is written and writes it to a file descriptor.
class OutputFile::Buffer : public std::streambuf {
 public:
  /// `failed` is called with errno, and throws.
  Buffer(int descriptor, std::function<void(int)> failed)
      : descriptor_(descriptor), failed_(std::move(failed)) {
    setp(bytes_.data(), bytes_.data() + bytes_.size());
  }

  std::uint64_t written() const { return written_; }

  int sync() override {
    write(pbase(), static_cast<std::size_t>(pptr() - pbase()));
    setp(bytes_.data(), bytes_.data() + bytes_.size());
    return 0;
  }

 protected:
  int_type overflow(int_type next) override {
    sync();
    return traits_type::eq_int_type(next, traits_type::eof())
               ? traits_type::not_eof(next)
               : sputc(traits_type::to_char_type(next));
  }
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    if (count < epptr() - pptr()) return std::streambuf::xsputn(text, count);
    sync();
    write(text, static_cast<std::size_t>(count));
    return count;
  }

 private:
  void write(const char* text, std::size_t count) {
    for (std::size_t done = 0; done < count;) {
      const ssize_t wrote = ::write(descriptor_, text + done, count - done);
      if (wrote < 0 && errno != EINTR) failed_(errno);
      if (wrote > 0) done += static_cast<std::size_t>(wrote);
    }
    written_ += count;
  }

  int descriptor_;
  std::function<void(int)> failed_;
  std::uint64_t written_ = 0;
  std::array<char, 1 << 16> bytes_{};
};

OutputFile::OutputFile(std::string option, const std::string& path)
    : option_(std::move(option)), path_(path) {
  std::error_code none;
  if (path.empty()) {
    throw InputError(option_ + ": the file name is empty", "name a file, or - for standard output");
  }
  if (path == "-") {
    descriptor_ = STDOUT_FILENO;
  } else if (fs::is_directory(path_, none)) {
    cannot_write(option_, path_, EISDIR);
  } else if (fs::exists(path_, none) && !fs::is_regular_file(path_, none)) {
    descriptor_ = open(path_.c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    if (fs::is_symlink(path_, none) && fs::exists(path_, none)) path_ = fs::canonical(path_);
    part_ = fmt::format("{}.{}.part", path_.string(), getpid());
    descriptor_ = open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  }
  if (descriptor_ < 0) cannot_write(option_, path_, errno);
  buffer_ = std::make_unique<Buffer>(descriptor_,
                                     [this](int error) { cannot_write(option_, path_, error); });
  stream_ = std::make_unique<std::ostream>(buffer_.get());
  // Let exceptions of the buffer pass through.
  stream_->exceptions(std::ios::badbit);
}

OutputFile::~OutputFile() {
  if (descriptor_ > STDERR_FILENO) close(descriptor_);
  if (!part_.empty()) unlink(part_.c_str());
}

std::ostream& OutputFile::stream() {
  return *stream_;
}

std::uint64_t OutputFile::bytes() const {
  return buffer_->written();
}

void OutputFile::commit() {
  stream_->flush();
  if (part_.empty()) return;
  if (fsync(descriptor_) != 0) cannot_write(option_, path_, errno);
  if (std::rename(part_.c_str(), path_.c_str()) != 0) cannot_write(option_, path_, errno);
  part_.clear();
}

}  // namespace assay::cli
