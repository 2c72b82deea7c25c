#include "harness/conformance/subject.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <utility>

#include "kernels/operation.h"

namespace assay::harness::conformance {
namespace {

std::string_view words_of(assay_status status) {
  switch (status) {
    case ASSAY_OK:
      return "ok";
    case ASSAY_UNSUPPORTED:
      return "unsupported";
    case ASSAY_OUT_OF_MEMORY:
      return "out of memory";
    case ASSAY_INVALID:
      return "invalid";
    case ASSAY_DEVICE_ERROR:
      return "device error";
    case ASSAY_NO_DEVICE:
      return "no device";
  }
  return "a status that the interface does not define";
}

constexpr std::size_t kQuickProblems = 4, kMinimumProblems = 16;

/// Round figures. There is none for 64-bit floats, so that one type is unsupported.
constexpr assay_figure kFigures[] = {
    {"peak.f32", 1e12},
    {"peak.bf16", 2e12},
    {"peak.i8", 4e12},
    {"memory.bandwidth", 1e11},
    {"memory.capacity", 1ull << 30},
};

}  // namespace

const assay_published& example_system() {
  static const assay_published system = {sizeof system, "made-up", "Made-up 1",        "Nobody",
                                         "chip",        kFigures,  std::size(kFigures)};
  return system;
}

const char* name(Verdict verdict) {
  switch (verdict) {
    case Verdict::fulfilled:
      return "fulfilled";
    case Verdict::noted:
      return "noted";
    case Verdict::broken:
      return "broken";
    case Verdict::inconclusive:
      return "inconclusive";
    case Verdict::absent:
      return "absent";
    case Verdict::untested:
      return "untested";
  }
  return "";
}

Subject::Subject(SubjectOptions options, std::function<void(const std::string&)> alive)
    : options_(std::move(options)),
      alive_(std::move(alive)),
      module_(backends::Module::open(options_.module)) {
  // Must come before the first call of probe.
  if (pretending() != nullptr) pretended_ = pretending()(&example_system());
}

void Subject::alive(const std::string& doing) {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_alive_ < std::chrono::milliseconds(100)) return;
  last_alive_ = now;
  alive_(doing);
}

assay_backend_entry_fn Subject::entry() {
  // The loader has already opened the file and keeps it open.
  void* library = dlopen(std::filesystem::absolute(options_.module).c_str(), RTLD_NOW);
  if (library == nullptr) throw MissingPrerequisite(dlerror());
  return reinterpret_cast<assay_backend_entry_fn>(dlsym(library, ASSAY_BACKEND_ENTRY));
}

bool Subject::modelled() {
  assay_device_info info = {};
  info.struct_size = sizeof info;
  probed();
  return table().device_info(options_.device, &info) == ASSAY_OK && info.modelled != 0;
}

const assay_probe& Subject::probed() {
  if (!probe_) {
    assay_probe probe = {};
    probe.struct_size = sizeof probe;
    const assay_status status = table().probe(&probe);
    if (status != ASSAY_OK && status != ASSAY_NO_DEVICE) {
      throw MissingPrerequisite(fmt::format("probing for devices: {}", words(status)));
    }
    probe_ = probe;
  }
  return *probe_;
}

assay_device* Subject::device() {
  if (device_ == nullptr) {
    probed();
    assay_open_options options = {};
    options.struct_size = sizeof options;
    const assay_status status = table().open(options_.device, &options, &device_);
    if (status != ASSAY_OK)
      throw MissingPrerequisite(fmt::format("opening the device: {}", words(status)));
  }
  return device_;
}

std::optional<double> Subject::memory_available() {
  if (table().memory_available == nullptr) return std::nullopt;
  std::uint64_t bytes = 0;
  if (table().memory_available(device(), &bytes) != ASSAY_OK) return std::nullopt;
  return static_cast<double>(bytes);
}

bool Subject::join_itself() {
  if (joined_ || !joins()) return joined_;
  std::vector<std::byte> id(65536);
  std::size_t bytes = 0;
  assay_status status = table().unique_id(device(), id.data(), id.size(), &bytes);
  if (status == ASSAY_UNSUPPORTED) return false;
  if (status != ASSAY_OK)
    throw MissingPrerequisite(fmt::format("asking for a unique id: {}", words(status)));
  status = table().join(device(), id.data(), bytes, 1, 0);
  if (status != ASSAY_OK)
    throw MissingPrerequisite(fmt::format("joining as the only rank: {}", words(status)));
  return joined_ = true;
}

void Subject::leave() {
  if (!joined_) return;
  table().leave(device_);
  table().close(device_);
  joined_ = false;
  device_ = nullptr;
}

std::string Subject::words() {
  const char* text = table().last_error();
  return text == nullptr ? "" : text;
}

std::string Subject::words(assay_status status) {
  const std::string own = status == ASSAY_OK ? "" : words();
  return own.empty() ? std::string(words_of(status)) : fmt::format("{}: {}", words_of(status), own);
}

void Subject::require_refusal(assay_status status, const std::string& doing) {
  require(status != ASSAY_OK, fmt::format("{} was accepted", doing));
  require(status != ASSAY_DEVICE_ERROR, fmt::format("{}: {}", doing, words(status)));
  require(!words().empty(),
          fmt::format("{}: {}, but last_error is empty", doing, words_of(status)));
}

std::vector<assay_implementation> Subject::offers(const std::string& problem) {
  std::size_t count = 0;
  const auto ask = [&](std::vector<assay_implementation>& list) {
    const assay_status status = table().implementations(
        device(), problem.c_str(), list.empty() ? nullptr : list.data(), list.size(), &count);
    if (status == ASSAY_OK) return;
    throw MissingPrerequisite(
        fmt::format("asking for implementations of {}: {}", problem, words(status)));
  };
  std::vector<assay_implementation> list;
  ask(list);
  list.resize(count);
  for (assay_implementation& one : list) one.struct_size = sizeof one;
  if (count > 0) ask(list);
  return list;
}

std::vector<std::string> Subject::able(const std::string& problem) {
  std::vector<std::string> names;
  for (const assay_implementation& offer : offers(problem)) {
    if (*offer.reason == '\0') names.emplace_back(offer.name);
  }
  return names;
}

const std::vector<Trial>& Subject::trials(const kernels::Operation& operation) {
  const std::string key(operation.name);
  if (const auto found = trials_.find(key); found != trials_.end()) return found->second;
  if (operation.collective != nullptr) join_itself();
  std::vector<Trial> all;
  const auto problems =
      small_problems(operation, options_.quick ? kQuickProblems : kMinimumProblems);
  for (std::size_t i = 0; i < problems.size(); ++i) {
    const kernels::Problem& problem = problems[i];
    for (const std::string& implementation : able(problem.text())) {
      alive(fmt::format("problem {} of {}, {}", i + 1, problems.size(), implementation));
      all.push_back(try_out(*this, problem, implementation));
    }
  }
  return trials_[key] = std::move(all);
}

DeviceBuffer::DeviceBuffer(Subject& subject, std::uint64_t bytes) : subject_(subject) {
  const assay_status status = subject.table().allocate(subject.device(), bytes, &buffer_);
  if (status != ASSAY_OK) {
    throw MissingPrerequisite(fmt::format("allocating {} bytes: {}", bytes, subject.words(status)));
  }
}

DeviceBuffer::DeviceBuffer(DeviceBuffer&& other) noexcept
    : subject_(other.subject_), buffer_(std::exchange(other.buffer_, nullptr)) {}

DeviceBuffer::~DeviceBuffer() {
  if (buffer_ != nullptr) subject_.table().free(subject_.device(), buffer_);
}

void DeviceBuffer::upload(const std::vector<std::byte>& from) const {
  const assay_status status =
      subject_.table().upload(subject_.device(), buffer_, 0, from.data(), from.size());
  if (status != ASSAY_OK)
    throw MissingPrerequisite(fmt::format("uploading: {}", subject_.words(status)));
}

std::vector<std::byte> DeviceBuffer::download(std::uint64_t bytes) const {
  std::vector<std::byte> to(bytes);
  const assay_status status =
      subject_.table().download(subject_.device(), buffer_, 0, to.data(), bytes);
  if (status != ASSAY_OK)
    throw MissingPrerequisite(fmt::format("downloading: {}", subject_.words(status)));
  return to;
}

}  // namespace assay::harness::conformance
