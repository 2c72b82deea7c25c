// Memory and prepared problems of the fake devices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "backends/assay_backend.h"
#include "kernels/problem.h"
#include "tests/fakes/faults.h"

struct assay_buffer {
  std::unique_ptr<std::byte[]> data;
  std::uint64_t bytes = 0;
};

struct assay_device {
  assay::fakes::NamedFault fault;
  std::uint64_t allocated = 0;
  bool lost = false;
  const assay_executable* newest = nullptr;
  std::vector<std::shared_ptr<assay_buffer>> pool;  ///< freed buffers
  std::vector<assay_executable*> executables;       ///< those that were not released
  std::uint32_t joined_ranks = 0;                   ///< 0 before joining
  int joins = 0;
};

/// Outputs are computed in FP64 during preparation and when inputs were uploaded; a launch copies
/// them and adds faults.
struct assay_executable {
  assay_executable(assay_device& on, const assay::kernels::Problem& which,
                   std::vector<assay_buffer*> operands);
  ~assay_executable();
  assay_executable(const assay_executable&) = delete;
  assay_executable& operator=(const assay_executable&) = delete;

  /// Launch `index` of a call of `count`.
  void launch(assay_mode mode, std::uint32_t index, std::uint32_t count, assay_launch& out);
  /// To be called after an upload of so many bytes to a buffer.
  void uploaded(const assay_buffer* to, std::uint64_t bytes);
  /// To be called before a call of launches.
  void refresh();
  /// To be called before a download of so many bytes.
  void catch_up(std::uint64_t bytes);

  assay_device* device;
  assay::fakes::Fault fault;
  assay::kernels::Problem problem;
  std::vector<assay_buffer*> buffers;
  std::vector<std::vector<std::byte>> results;        ///< one per operand; empty for inputs
  std::vector<std::vector<std::byte>> first_results;  ///< those of the first inputs
  bool known = true;                                  ///< the results are those of the first inputs
  std::uint32_t launches = 0;
  std::uint32_t since_upload = 0;  ///< launches since the last upload
  std::uint32_t since_large = 0;   ///< launches since the last upload of half an operand or more
  std::uint32_t single_calls = 0;  ///< in a row, of one launch each
  bool outdated = false;           ///< an input was uploaded since `results` were computed
  bool pending = false;            ///< the results are still to be written

 private:
  void compute();
  bool works(std::uint32_t index, std::uint32_t count) const;
  void write(bool spoils);
};
