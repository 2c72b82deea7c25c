#include "tests/conformance/subject.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <utility>

#include "kernels/operation.h"

namespace assay::conformance {
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
  return "a status that the interface does not have";
}

constexpr std::size_t kQuickProblems = 4, kProblems = 16;

/// Round figures; no float of 64 bits, so that something is not supported.
constexpr assay_figure kFigures[] = {
    {"peak.f32", 1e12},
    {"peak.bf16", 2e12},
    {"peak.i8", 4e12},
    {"memory.bandwidth", 1e11},
    {"memory.capacity", 1ull << 30},
};

}  // namespace

const assay_published& made_up_system() {
  static const assay_published system = {sizeof system, "made-up", "Made-up 1",        "Nobody",
                                         "chip",        kFigures,  std::size(kFigures)};
  return system;
}

const char* name(Verdict verdict) {
  switch (verdict) {
    case Verdict::fulfilled:
      return "ok";
    case Verdict::reported:
      return "note";
    case Verdict::failed:
      return "FAILED";
    case Verdict::skipped:
      return "skipped";
    case Verdict::untestable:
      return "untestable";
  }
  return "";
}

assay_backend_entry_fn Subject::entry() {
  if (library_ == nullptr) {
    library_ = dlopen(std::filesystem::absolute(options_.module).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) throw Violation(fmt::format("it cannot be loaded: {}", dlerror()));
  }
  void* symbol = dlsym(library_, ASSAY_BACKEND_ENTRY);
  require(symbol != nullptr, "it exports no " ASSAY_BACKEND_ENTRY);
  return reinterpret_cast<assay_backend_entry_fn>(symbol);
}

const assay_backend& Subject::table() {
  if (table_ == nullptr) {
    try {
      table_ = entry()(ASSAY_BACKEND_ABI);
    } catch (const Violation& violation) {
      throw Unmet(violation.what());
    }
    if (table_ == nullptr) throw Unmet("the module does not serve this version");
    // Comes before probe, whoever calls that first.
    if (pretending() != nullptr) pretended_ = pretending()(&made_up_system());
  }
  return *table_;
}

decltype(assay_backend::pretend) Subject::pretending() const {
  constexpr std::size_t kReach = offsetof(assay_backend, pretend) + sizeof(assay_backend::pretend);
  return table_->struct_size < kReach ? nullptr : table_->pretend;
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
      throw Unmet(fmt::format("looking for devices: {}", words(status)));
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
    if (status != ASSAY_OK) throw Unmet(fmt::format("opening the device: {}", words(status)));
  }
  return device_;
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
          fmt::format("{}: {}, but last_error says nothing", doing, words_of(status)));
}

std::vector<assay_implementation> Subject::offers(const std::string& problem) {
  std::size_t count = 0;
  const auto ask = [&](std::vector<assay_implementation>& list) {
    const assay_status status = table().implementations(
        device(), problem.c_str(), list.empty() ? nullptr : list.data(), list.size(), &count);
    if (status == ASSAY_OK) return;
    throw Unmet(fmt::format("asking for implementations of {}: {}", problem, words(status)));
  };
  std::vector<assay_implementation> list;
  ask(list);
  list.resize(count);
  for (assay_implementation& one : list) one.struct_size = sizeof one;
  if (count > 0) ask(list);
  return list;
}

const std::vector<Trial>& Subject::trials(const kernels::Operation& operation) {
  const std::string key(operation.name);
  if (const auto found = trials_.find(key); found != trials_.end()) return found->second;
  std::vector<Trial> all;
  for (const kernels::Problem& problem :
       small_problems(operation, options_.quick ? kQuickProblems : kProblems)) {
    // The strings stay valid only until the next call on the device.
    std::vector<std::string> able;
    for (const assay_implementation& offer : offers(problem.text())) {
      if (*offer.reason == '\0') able.emplace_back(offer.name);
    }
    for (const std::string& implementation : able) {
      all.push_back(try_out(*this, problem, implementation));
    }
  }
  return trials_[key] = std::move(all);
}

HeldBuffer::HeldBuffer(Subject& subject, std::uint64_t bytes) : subject_(subject) {
  const assay_status status = subject.table().allocate(subject.device(), bytes, &buffer_);
  if (status != ASSAY_OK) {
    throw Unmet(fmt::format("allocating {} bytes: {}", bytes, subject.words(status)));
  }
}

HeldBuffer::HeldBuffer(HeldBuffer&& other) noexcept
    : subject_(other.subject_), buffer_(std::exchange(other.buffer_, nullptr)) {}

HeldBuffer::~HeldBuffer() {
  if (buffer_ != nullptr) subject_.table().free(subject_.device(), buffer_);
}

void HeldBuffer::upload(const std::vector<std::byte>& from) const {
  const assay_status status =
      subject_.table().upload(subject_.device(), buffer_, 0, from.data(), from.size());
  if (status != ASSAY_OK) throw Unmet(fmt::format("uploading: {}", subject_.words(status)));
}

std::vector<std::byte> HeldBuffer::download(std::uint64_t bytes) const {
  std::vector<std::byte> to(bytes);
  const assay_status status =
      subject_.table().download(subject_.device(), buffer_, 0, to.data(), bytes);
  if (status != ASSAY_OK) throw Unmet(fmt::format("downloading: {}", subject_.words(status)));
  return to;
}

Specimen::Specimen(Subject& subject, bool prepared) : subject_(subject) {
  for (const kernels::Operation* operation : kernels::operations()) {
    for (const kernels::Problem& problem : small_problems(*operation, kQuickProblems)) {
      for (const assay_implementation& offer : subject.offers(problem.text())) {
        if (*offer.reason != '\0' || !implementation_.empty()) continue;
        problem_ = problem.text();
        implementation_ = offer.name;
      }
      if (!implementation_.empty()) break;
    }
    if (!implementation_.empty()) break;
  }
  if (implementation_.empty()) throw Unmet("the device offers no implementation of anything");
  const auto problem = kernels::Problem::parse(problem_);
  for (const kernels::Operand& operand : problem.operation().operands(problem)) {
    const auto bytes = static_cast<std::uint64_t>(operand.bytes());
    buffers_.emplace_back(subject, bytes);
    buffers_.back().upload(std::vector<std::byte>(bytes));
    pointers_.push_back(buffers_.back().get());
  }
  if (!prepared) return;
  const assay_status status =
      subject.table().prepare(subject.device(), problem_.c_str(), implementation_.c_str(),
                              pointers_.data(), pointers_.size(), &executable_);
  if (status != ASSAY_OK) {
    throw Unmet(fmt::format("preparing {}: {}", implementation_, subject.words(status)));
  }
}

Specimen::~Specimen() {
  if (executable_ != nullptr) subject_.table().release(executable_);
}

}  // namespace assay::conformance
