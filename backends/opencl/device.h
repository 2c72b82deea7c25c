// An open OpenCL device: a context, a queue that records times, memory, and the programs built so
// far.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/opencl/handles.h"
#include "backends/opencl/platforms.h"
#include "backends/sdk/description.h"
#include "backends/sdk/properties.h"

namespace assay::backends::opencl {

class Buffer {
 public:
  Buffer(Memory memory, std::uint64_t bytes) : memory_(std::move(memory)), bytes_(bytes) {}
  std::uint64_t bytes() const { return bytes_; }
  cl_mem get() const { return memory_.get(); }

 private:
  Memory memory_;
  std::uint64_t bytes_;
};

/// A problem made ready to run.
class Executable {
 public:
  virtual ~Executable() = default;
  const sdk::Properties& details() const { return details_; }
  virtual void run(std::span<assay_launch> launches, assay_mode mode) = 0;

 protected:
  sdk::Properties details_;
};

/// Bytes to overwrite so that no cache holds what was there before: twice the last-level cache, and
/// at least 512 MiB (64 of a processor), since drivers tell no cache, or only one of several
/// (MI300X: 256 MB of Infinity Cache, AMD CDNA 3 white paper). At most a quarter of the memory.
std::uint64_t flush_bytes(Kind kind, std::uint64_t cache, std::uint64_t memory,
                          std::uint64_t allocated_at_once);

class Device {
 public:
  Device(const FoundDevice& found, const assay_open_options& options);

  std::unique_ptr<Buffer> allocate(std::uint64_t bytes);
  /// Memory that the driver keeps for the host, page-locked where it locks any; map() it to write.
  std::unique_ptr<Buffer> allocate_for_host(std::uint64_t bytes);
  void* map(Buffer& buffer);
  void unmap(Buffer& buffer, void* mapped);
  void upload(Buffer& to, std::uint64_t offset, const void* from, std::uint64_t bytes);
  void download(const Buffer& from, std::uint64_t offset, void* to, std::uint64_t bytes);
  std::vector<sdk::Offer> implementations(std::string_view problem);
  std::unique_ptr<Executable> prepare(std::string_view problem, std::string_view name,
                                      std::span<Buffer* const> buffers);
  /// OpenCL has none.
  sdk::Readings sensors() { return {}; }

  const kernels::PortableTarget& target() const { return target_; }
  cl_command_queue queue() const { return queue_.get(); }
  bool tune() const { return tune_; }
  std::string name() const { return device_text(found_.id, CL_DEVICE_NAME); }
  std::string driver() const { return device_text(found_.id, CL_DRIVER_VERSION); }

  /// Builds a text, or takes it from those built before. Throws sdk::Failure with the log.
  std::shared_ptr<Program> build(const std::string& text);
  /// Overwrites flush_bytes(), reads half as much of lines that stay clean, so that the next launch
  /// does not wait for dirty ones to be written back, and waits.
  void flush_caches();
  void finish() { check(cl().Finish(queue_.get()), "waiting for the queue"); }

 private:
  cl_device_id id() const { return part_.get() ? part_.get() : found_.id; }
  std::string build_log(cl_program program) const;

  FoundDevice found_;
  kernels::PortableTarget target_;
  bool tune_ = false;
  SubDevice part_;  ///< of a processor, where fewer threads are requested
  Context context_;
  Queue queue_;
  std::unique_ptr<Buffer> flush_, clean_, read_to_;  ///< made when first needed
  std::uint64_t turn_ = 0;
  std::map<std::string, std::shared_ptr<Program>> programs_;
};

}  // namespace assay::backends::opencl
