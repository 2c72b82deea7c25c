#include "tests/fakes/cudalike/compiler.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <regex>

#include "kernels/sha256.h"
#include "tests/fakes/cudalike/compiler_prelude.h"
#include "tests/fakes/cudalike/image.h"

namespace assay::fakes::cudalike {
namespace {

namespace fs = std::filesystem;

/// A folder that goes away with the object.
class Folder {
 public:
  Folder() {
    std::string pattern = fs::temp_directory_path() / "assay-fake-XXXXXX";
    path_ = mkdtemp(pattern.data()) == nullptr ? "" : pattern;
  }
  ~Folder() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path operator/(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// What the command says; `failed` where it does not end well.
std::string said(const std::string& command, bool& failed) {
  std::string text;
  FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) {
    failed = true;
    return "no process for the compiler";
  }
  char piece[4096];
  for (std::size_t got = 0; (got = std::fread(piece, 1, sizeof piece, pipe)) > 0;) {
    text.append(piece, got);
  }
  failed = pclose(pipe) != 0;
  return text;
}

std::string replaced(const std::string& text, const char* pattern, const char* with) {
  return std::regex_replace(text, std::regex(pattern), with);
}

/// The instructions of PTX that are known here, as calls of the prelude's functions.
std::string without_ptx(std::string text) {
  static const std::pair<const char*, const char*> kKnown[] = {
      {R"(asm\("cvt\.f32\.f16 %0, %1;" : "=f"\((\w+)\) : "h"\((\w+)\)\))",
       "$1 = assay_f32_of_f16($2)"},
      {R"(asm\("cvt\.rn\.f16\.f32 %0, %1;" : "=h"\((\w+)\) : "f"\((\w+)\)\))",
       "$1 = assay_f16_of_f32($2)"},
      {R"(asm\("ex2\.approx\.ftz\.f32 %0, %0;" : "\+f"\((\w+)\)\))", "$1 = exp2f($1)"},
      {R"(asm\("cvt\.rn\.bf16\.f32 %0, %1;" : "=h"\((\w+)\) : "f"\((\w+)\)\))",
       "$1 = assay_bf16_of_f32($2)"},
      // The first operand goes to the upper half.
      {R"(asm\("cvt\.rn\.(bf16|f16)x2\.f32"\s*" %0, %1, %2;" : "=r"\((\w+)\) : "f"\((\w+)\), "f"\((\w+)\)\))",
       "$2 = (unsigned)assay_$1_of_f32($3) << 16 | assay_$1_of_f32($4)"},
      {R"(asm volatile\("cp\.async\.cg\.shared\.global \[%0\], \[%1\], 16;"\s*::\s*"r"\((\w+)\), "l"\((\w+)\) : "memory"\))",
       "__builtin_memcpy(assay_local($1), $2, 16)"},
      {R"(asm volatile\("cp\.async\.commit_group;" ::: "memory"\))", ""},
      {R"(asm volatile\("cp\.async\.wait_group %0;"\s*::\s*"n"\([^;]*\) : "memory"\))", ""},
      {R"(asm volatile\("ldmatrix\.sync\.aligned\.m8n8\.x4\.(trans\.)?shared\.b16 [^"]*"\s*: "=r"\((\w+)\[0\]\)[^;]*?: "r"\((\w+)\)\s*: "memory"\))",
       "assay_ldmatrix($2, $3, sizeof(\"$1\") > 1)"},
      {R"(asm volatile\("mma\.sync\.aligned\." "m16n8k\d+\.row\.col\.\w+\.(\w+)\.\w+\.\w+"\s*" [^"]*"\s*: "\+\w"\((\w+)\[0\]\)[^;:]*: "r"\((\w+)\[0\]\)[^;:]*, "r"\((\w+)\[0\]\), "r"\(\w+\[1\]\)\))",
       "assay_mma_$1($2, $3, $4)"}};
  for (const auto& [pattern, with] : kKnown) text = replaced(text, pattern, with);
  return replaced(text, R"(#pragma unroll\s*\n)", "#pragma GCC unroll 8\n");
}

/// A device's words in the host's: those that macros cannot put otherwise.
std::string for_host(std::string text) {
  // Local memory whose size comes with the launch.
  text = replaced(
      text, R"(extern\s+(?:__shared__|__attribute__\(\(shared\)\))\s+(\w+)\s+(\w+)\s*\[\s*\])",
      "$1* const $2 = ($1*)assay_item.local_memory");
  text = replaced(text, R"(__attribute__\(\(shared\)\))", "static thread_local");
  text = replaced(text, R"(typedef ([\w ]+) (\w+) __attribute__\(\(ext_vector_type\((\d+)\)\)\);)",
                  "typedef $1 $2 __attribute__((vector_size($3 * sizeof($1))));");
  return replaced(without_ptx(text), R"(#pragma unroll (\d+))", "#pragma GCC unroll $1");
}

/// What stands between the parenthesis behind `word` and the one that closes it.
std::string in_parentheses(const std::string& text, const std::string& word) {
  const std::size_t found = text.find(word + "(");
  if (found == std::string::npos) return "";
  const std::size_t from = found + word.size() + 1;
  std::size_t to = from;
  for (int depth = 1; to < text.size(); ++to) {
    depth += text[to] == '(' ? 1 : text[to] == ')' ? -1 : 0;
    if (depth == 0) break;
  }
  return text.substr(from, to - from);
}

/// An entry for each kernel of the preprocessed text, with the items that it may be launched with.
std::string entries(const std::string& text) {
  static const std::regex mark(R"(__global__|__attribute__\(\(global\)\))");
  static const std::regex name(R"((\w+)\s*\([^()]*\)\s*$)");
  std::string all;
  for (std::sregex_iterator at(text.begin(), text.end(), mark), end; at != end; ++at) {
    const auto from = static_cast<std::size_t>(at->position());
    const std::string head = text.substr(from, text.find('{', from) - from);
    std::smatch called;
    if (!std::regex_search(head, called, name)) continue;
    // "most, least groups of a multiprocessor", the second of which may be left out.
    std::string most = in_parentheses(head, "__launch_bounds__");
    most = most.substr(0, most.find(','));
    // "least, most", both as expressions.
    const std::string flat = in_parentheses(head, "amdgpu_flat_work_group_size");
    if (most.empty() && !flat.empty()) most = flat.substr(flat.find(',') + 1);
    if (most.empty()) most = "1024";
    all += fmt::format("\nASSAY_KERNEL({}, ({}))\n", called[1].str(), most);
  }
  return all;
}

std::vector<char> as_image(const std::string& object) {
  ImageHeader header = {};
  std::memcpy(header.magic, ImageHeader::kMagic, sizeof header.magic);
  header.bytes = object.size();
  std::vector<char> image(sizeof header + object.size());
  std::memcpy(image.data(), &header, sizeof header);
  std::memcpy(image.data() + sizeof header, object.data(), object.size());
  return image;
}

/// Compiled before, by any process: the tests ask for the same kernels over and over. Its name is
/// all that the object depends on.
fs::path kept_object(const std::string& text) {
  const std::string processor =
      fmt::format("{}{}{}", __builtin_cpu_supports("avx2") != 0, __builtin_cpu_supports("fma") != 0,
                  __builtin_cpu_supports("avx512f") != 0);
  const std::string all =
      fmt::format("{} {} {} {}", ASSAY_FAKE_COMPILER, processor, kCompilerPrelude, text);
  return fs::path(ASSAY_FAKE_KEPT) / (sha256(all) + ".so");
}

void keep(const fs::path& object, const fs::path& as) {
  std::error_code error;
  fs::create_directories(as.parent_path(), error);
  const fs::path draft = fmt::format("{}.{}", as.string(), getpid());
  fs::copy_file(object, draft, error);
  if (!error) fs::rename(draft, as, error);
}

}  // namespace

CompiledText compiled(const std::string& text, int capability, int subgroup) {
  const std::string head = fmt::format(
      "{}#define ASSAY_SUBGROUP {}\n",
      capability == 0 ? "" : fmt::format("#define __CUDA_ARCH__ {}\n", capability * 10), subgroup);
  const fs::path kept = kept_object(head + text);
  CompiledText out;
  if (const std::string object = content(kept); !object.empty()) {
    out.image = as_image(object);
    return out;
  }
  const Folder folder;
  const fs::path source = folder / "kernel.cpp", plain = folder / "plain.cpp",
                 object = folder / "kernel.so";
  write_file(source, head + text);
  bool failed = false;
  out.log = said(fmt::format("{} -std=c++17 -E -P -o {} {}", ASSAY_FAKE_COMPILER, plain.string(),
                             source.string()),
                 failed);
  if (failed) return out;
  const std::string kernel = content(plain);
  write_file(source, head + kCompilerPrelude + for_host(kernel) + entries(kernel));
  out.log += said(fmt::format("{} -std=c++17 -O2 -ftree-vectorize -march=native -w -shared -fPIC "
                              "-fvisibility=hidden -o {} {}",
                              ASSAY_FAKE_COMPILER, object.string(), source.string()),
                  failed);
  if (failed) return out;
  out.image = as_image(content(object));
  if (out.log.empty()) keep(object, kept);
  return out;
}

}  // namespace assay::fakes::cudalike
