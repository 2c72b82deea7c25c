#include "backends/opencl/device.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/opencl/executables.h"
#include "backends/sdk/failure.h"
#include "backends/shared/parsed_problem.h"
#include "backends/shared/portable_runner.h"

namespace assay::backends::opencl {
namespace {

/// Clean lines are read in so many parts.
constexpr std::uint64_t kReadParts = 16;
constexpr std::size_t kLongestLog = 4000;

/// The device, or the requested number of a processor's threads.
SubDevice part_of(const FoundDevice& found, unsigned threads) {
  const auto units = device_figure<cl_uint>(found.id, CL_DEVICE_MAX_COMPUTE_UNITS);
  if (kind_of(found) != Kind::cpu || threads == 0 || threads == units) return {};
  if (threads > units) {
    throw sdk::Failure(ASSAY_INVALID,
                       fmt::format("{} threads requested, but the device has {}", threads, units));
  }
  const cl_device_partition_property wish[] = {CL_DEVICE_PARTITION_BY_COUNTS,
                                               static_cast<cl_device_partition_property>(threads),
                                               CL_DEVICE_PARTITION_BY_COUNTS_LIST_END, 0};
  SubDevice part;
  check(cl().CreateSubDevices(found.id, wish, 1, part.out(), nullptr),
        fmt::format("using {} of the device's {} threads", threads, units));
  return part;
}

}  // namespace

Device::Device(const FoundDevice& found, const assay_open_options& options)
    : found_(found),
      target_(portable_target(found)),
      tune_(options.tune == 1),
      part_(part_of(found, options.threads)) {
  const cl_device_id device = id();
  const cl_context_properties wish[] = {
      CL_CONTEXT_PLATFORM, reinterpret_cast<cl_context_properties>(found_.platform), 0};
  cl_int code = CL_SUCCESS;
  context_ = Context(cl().CreateContext(wish, 1, &device, nullptr, nullptr, &code));
  check(code, "making a context");
  queue_ = Queue(cl().CreateCommandQueue(context_.get(), device, CL_QUEUE_PROFILING_ENABLE, &code));
  check(code, "making a queue that records times");
  if (part_.get() != nullptr) target_.compute_units = options.threads;
}

std::unique_ptr<Buffer> Device::allocate(std::uint64_t bytes) {
  const auto most = device_figure<cl_ulong>(found_.id, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
  if (bytes > most) {
    throw sdk::Failure(
        ASSAY_OUT_OF_MEMORY,
        fmt::format("{} bytes: the driver allocates at most {} at once", bytes, most));
  }
  // Vectors of 16 bytes may be read to their end.
  const std::uint64_t held = (std::max<std::uint64_t>(bytes, 1) + 15) / 16 * 16;
  cl_int code = CL_SUCCESS;
  Memory memory(cl().CreateBuffer(context_.get(), CL_MEM_READ_WRITE, held, nullptr, &code));
  check(code, fmt::format("allocating {} bytes", bytes));
  const cl_uint nothing = 0;
  check(cl().EnqueueFillBuffer(queue_.get(), memory.get(), &nothing, sizeof nothing, 0, held, 0,
                               nullptr, nullptr),
        "writing new memory");
  finish();
  return std::make_unique<Buffer>(std::move(memory), bytes);
}

std::unique_ptr<Buffer> Device::allocate_for_host(std::uint64_t bytes) {
  cl_int code = CL_SUCCESS;
  Memory memory(cl().CreateBuffer(context_.get(), CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR, bytes,
                                  nullptr, &code));
  check(code, fmt::format("allocating {} bytes of page-locked memory", bytes));
  return std::make_unique<Buffer>(std::move(memory), bytes);
}

void* Device::map(Buffer& buffer) {
  cl_int code = CL_SUCCESS;
  void* const mapped =
      cl().EnqueueMapBuffer(queue_.get(), buffer.get(), CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 0,
                            buffer.bytes(), 0, nullptr, nullptr, &code);
  check(code, "mapping page-locked memory");
  return mapped;
}

void Device::unmap(Buffer& buffer, void* mapped) {
  cl().EnqueueUnmapMemObject(queue_.get(), buffer.get(), mapped, 0, nullptr, nullptr);
  cl().Finish(queue_.get());
}

void Device::upload(Buffer& to, std::uint64_t offset, const void* from, std::uint64_t bytes) {
  check(cl().EnqueueWriteBuffer(queue_.get(), to.get(), CL_TRUE, offset, bytes, from, 0, nullptr,
                                nullptr),
        "uploading");
}

void Device::download(const Buffer& from, std::uint64_t offset, void* to, std::uint64_t bytes) {
  check(cl().EnqueueReadBuffer(queue_.get(), from.get(), CL_TRUE, offset, bytes, to, 0, nullptr,
                               nullptr),
        "downloading");
}

std::vector<sdk::Offer> Device::implementations(std::string_view text) {
  const kernels::Problem problem = parsed(text);
  std::vector<sdk::Offer> offers;
  if (const auto* const kernel = kernels::find_portable(problem.operation().name)) {
    offers.push_back({kPortableName, "portable", kernel->why_not(problem, target_)});
  }
  if (problem.operation().name == "matmul") {
    offers.push_back({kClblastName, "library", clblast_why_not(*this, problem)});
  }
  if (problem.operation().name == "transfer") offers.push_back({kTransferName, "library", ""});
  return offers;
}

std::unique_ptr<Executable> Device::prepare(std::string_view text, std::string_view name,
                                            std::span<Buffer* const> buffers) {
  const kernels::Problem problem = parsed(text);
  require_buffers(problem, buffers);
  if (name == kClblastName) return prepare_clblast(*this, problem, buffers);
  if (name == kTransferName) return prepare_transfer(*this, problem, buffers);
  return prepare_portable(*this, problem, buffers);
}

std::string Device::build_log(cl_program program) const {
  std::size_t bytes = 0;
  cl().GetProgramBuildInfo(program, id(), CL_PROGRAM_BUILD_LOG, 0, nullptr, &bytes);
  std::string log(bytes, '\0');
  cl().GetProgramBuildInfo(program, id(), CL_PROGRAM_BUILD_LOG, bytes, log.data(), nullptr);
  while (!log.empty() && (log.back() == '\0' || log.back() == '\n')) log.pop_back();
  return log.substr(0, kLongestLog);
}

std::shared_ptr<Program> Device::build(const std::string& text) {
  if (const auto known = programs_.find(text); known != programs_.end()) return known->second;
  const char* source = text.c_str();
  cl_int code = CL_SUCCESS;
  auto program = std::make_shared<Program>(
      cl().CreateProgramWithSource(context_.get(), 1, &source, nullptr, &code));
  check(code, "handing over a kernel's source");
  const cl_device_id device = id();
  code = cl().BuildProgram(program->get(), 1, &device, "-cl-std=CL1.2", nullptr, nullptr);
  if (code != CL_SUCCESS) {
    throw sdk::Failure(ASSAY_INVALID,
                       fmt::format("the device's compiler refuses the kernel: {}\n{}",
                                   error_name(code), build_log(program->get())));
  }
  programs_[text] = program;
  return program;
}

std::uint64_t flush_bytes(Kind kind, std::uint64_t cache, std::uint64_t memory,
                          std::uint64_t allocated_at_once) {
  constexpr std::uint64_t kOfProcessors = std::uint64_t{64} << 20, kOfOthers = kOfProcessors * 8;
  const std::uint64_t least = kind == Kind::cpu ? kOfProcessors : kOfOthers;
  return std::min({std::max(least, 2 * cache), memory / 4, allocated_at_once}) / 16 * 16;
}

void Device::flush_caches() {
  if (!flush_) {
    const auto figure = [&](cl_device_info what) {
      return device_figure<cl_ulong>(found_.id, what);
    };
    const std::uint64_t bytes =
        flush_bytes(kind_of(found_), figure(CL_DEVICE_GLOBAL_MEM_CACHE_SIZE),
                    figure(CL_DEVICE_GLOBAL_MEM_SIZE), figure(CL_DEVICE_MAX_MEM_ALLOC_SIZE));
    flush_ = allocate(bytes);
    clean_ = allocate(bytes / 2);
    read_to_ = allocate(bytes / 2 / kReadParts);
  }
  // Another value each time, so that no driver can skip it.
  const auto value = static_cast<cl_uint>(++turn_);
  check(cl().EnqueueFillBuffer(queue_.get(), flush_->get(), &value, sizeof value, 0,
                               flush_->bytes(), 0, nullptr, nullptr),
        "overwriting caches");
  // All parts go to one place, so that few lines are dirty afterwards.
  const std::uint64_t part = read_to_->bytes();
  for (std::uint64_t at = 0; at + part <= clean_->bytes(); at += part) {
    check(cl().EnqueueCopyBuffer(queue_.get(), clean_->get(), read_to_->get(), at, 0, part, 0,
                                 nullptr, nullptr),
          "reading lines that stay clean");
  }
  finish();
}

}  // namespace assay::backends::opencl
