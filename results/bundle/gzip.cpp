#include "results/bundle/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "kernels/error.h"

namespace assay::results::bundle {

namespace {

constexpr int kGzipWindow = 15 + 16;
constexpr int kLevel = 6;
constexpr int kUnknownSystem = 255;
// The highest compression ratio of deflate (zlib's technical details).
constexpr std::size_t kGreatestRatio = 1032;

/// A zlib stream that reads its input in pieces small enough for its counters.
template <int (*End)(z_streamp)>
class Stream {
 public:
  explicit Stream(std::string_view input) : input_(input) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { End(&stream); }

  void fill() {
    if (stream.avail_in > 0) return;
    const std::size_t piece = std::min<std::size_t>(input_.size(), 1u << 30);
    // zlib's interface predates const; it does not write to the input.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input_.data()));
    stream.avail_in = static_cast<uInt>(piece);
    input_.remove_prefix(piece);
  }
  void room(std::string& out, std::size_t done) {
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + done);
    stream.avail_out = static_cast<uInt>(
        std::min<std::size_t>(out.size() - done, std::numeric_limits<uInt>::max()));
  }
  bool all_taken() const { return input_.empty(); }
  bool empty() const { return input_.empty() && stream.avail_in == 0; }

  z_stream stream{};

 private:
  std::string_view input_;
};

}  // namespace

std::string gzip(std::string_view bytes) {
  Stream<deflateEnd> in(bytes);
  if (deflateInit2(&in.stream, kLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw Error("zlib cannot compress: out of memory");
  }
  gz_header header{};
  header.os = kUnknownSystem;
  deflateSetHeader(&in.stream, &header);
  std::string out(deflateBound(&in.stream, bytes.size()), '\0');
  int code = Z_OK;
  std::size_t done = 0;
  while (code == Z_OK) {
    in.fill();
    in.room(out, done);
    const uInt before = in.stream.avail_out;
    code = deflate(&in.stream, in.all_taken() ? Z_FINISH : Z_NO_FLUSH);
    done += before - in.stream.avail_out;
  }
  if (code != Z_STREAM_END) throw Error(fmt::format("zlib cannot compress: code {}", code));
  out.resize(done);
  return out;
}

std::string gunzip(std::string_view compressed, std::size_t size) {
  const auto refuse = [](const std::string& why) {
    throw InputError("cannot be decompressed: " + why, "the part was not written by assay");
  };
  if (size / kGreatestRatio > compressed.size())
    refuse("it is too small for the size that the manifest states");
  Stream<inflateEnd> in(compressed);
  if (inflateInit2(&in.stream, kGzipWindow) != Z_OK) {
    throw Error("zlib cannot decompress: out of memory");
  }
  // One extra byte, so that surplus content is detected.
  std::string out(size + 1, '\0');
  int code = Z_OK;
  std::size_t done = 0;
  while (code == Z_OK && done < out.size()) {
    in.fill();
    in.room(out, done);
    const uInt before = in.stream.avail_out;
    code = inflate(&in.stream, Z_NO_FLUSH);
    done += before - in.stream.avail_out;
  }
  if (code != Z_STREAM_END && done <= size) {
    refuse(in.stream.msg ? in.stream.msg : "it is cut off");
  }
  if (done != size) refuse(fmt::format("its content does not have {} bytes", size));
  if (!in.empty()) refuse("bytes follow its end");
  out.resize(size);
  return out;
}

}  // namespace assay::results::bundle
