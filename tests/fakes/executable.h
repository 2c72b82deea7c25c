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
  std::uint32_t joined_ranks = 0;  ///< 0 before joining
  int joins = 0;
};

/// Outputs are computed in FP64 during preparation; a launch copies them and adds faults.
struct assay_executable {
  assay_executable(assay_device& on, const assay::kernels::Problem& which,
                   std::vector<assay_buffer*> operands);

  void launch(assay_mode mode, assay_launch& out);

  assay_device* device;
  assay::fakes::Fault fault;
  assay::kernels::Problem problem;
  std::vector<assay_buffer*> buffers;
  std::vector<std::vector<std::byte>> results;  ///< one per operand; empty for inputs
  std::uint32_t launches = 0;
};
