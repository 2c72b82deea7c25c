// Clauses about errors: they are reported by a status and a message, and do not damage the device's
// state.
#include <fmt/format.h>

#include <limits>

#include "harness/conformance/test_problem.h"

namespace assay::harness::conformance {
namespace {

/// Requires that a launch still succeeds.
void require_unharmed(Subject& subject, const TestProblem& test_problem, const std::string& after) {
  assay_launch timing = {};
  const assay_status status = subject.table().run(test_problem.executable(), 1, ASSAY_HOT, &timing);
  require(status == ASSAY_OK, fmt::format("after {}, launching: {}", after, subject.words(status)));
}

void require_invalid(Subject& subject, assay_status status, const std::string& doing) {
  subject.require_refusal(status, doing);
  require(status == ASSAY_INVALID, fmt::format("{}: {}", doing, subject.words(status)));
}

Finding bad_problem(Subject& subject) {
  const TestProblem test_problem(subject);
  for (const char* problem : {"", "no such problem", "matmul m=0 n=1 k=1 a=f32",
                              "matmul m=99999999999999999999 n=1 k=1 a=f32"}) {
    assay_executable* executable = nullptr;
    const assay_status status = subject.table().prepare(
        subject.device(), problem, test_problem.implementation().c_str(),
        test_problem.buffers().data(), test_problem.buffers().size(), &executable);
    if (status == ASSAY_OK && executable != nullptr) subject.table().release(executable);
    subject.require_refusal(status, fmt::format("preparing \"{}\"", problem));
    require(status == ASSAY_INVALID || status == ASSAY_UNSUPPORTED, subject.words(status));
  }
  require_unharmed(subject, test_problem, "refusing bad problems");
  return {};
}

Finding no_handle(Subject& subject) {
  const assay_backend& t = subject.table();
  const TestProblem test_problem(subject);
  std::byte byte{};
  std::size_t count = 0;
  assay_buffer* buffer = nullptr;
  assay_executable* executable = nullptr;
  const assay_property* list = nullptr;
  assay_launch timing = {};
  const auto refused = [&](assay_status status, const char* doing) {
    require_invalid(subject, status, doing);
  };
  refused(t.allocate(nullptr, 64, &buffer), "allocate on a NULL device");
  refused(t.upload(subject.device(), nullptr, 0, &byte, 1), "upload to a NULL buffer");
  refused(t.download(subject.device(), nullptr, 0, &byte, 1), "download from a NULL buffer");
  refused(t.implementations(nullptr, test_problem.problem().c_str(), nullptr, 0, &count),
          "implementations of a NULL device");
  refused(t.implementations(subject.device(), nullptr, nullptr, 0, &count),
          "implementations of a NULL problem");
  auto buffers = test_problem.buffers();
  buffers.back() = nullptr;
  refused(
      t.prepare(subject.device(), test_problem.problem().c_str(),
                test_problem.implementation().c_str(), buffers.data(), buffers.size(), &executable),
      "prepare with a NULL buffer");
  refused(t.prepare(nullptr, test_problem.problem().c_str(), test_problem.implementation().c_str(),
                    test_problem.buffers().data(), test_problem.buffers().size(), &executable),
          "prepare on a NULL device");
  refused(t.describe(nullptr, &list, &count), "describe of a NULL executable");
  refused(t.run(nullptr, 1, ASSAY_HOT, &timing), "run of a NULL executable");
  t.release(nullptr);
  t.free(subject.device(), nullptr);
  t.close(nullptr);
  require_unharmed(subject, test_problem, "refusing NULL handles");
  return {};
}

Finding no_place(Subject& subject) {
  const assay_backend& t = subject.table();
  const TestProblem test_problem(subject);
  const auto refused = [&](assay_status status, const char* doing) {
    require_invalid(subject, status, doing);
  };
  refused(t.device_info(subject.options().device, nullptr), "device_info into NULL");
  refused(t.allocate(subject.device(), 64, nullptr), "allocate into NULL");
  refused(t.implementations(subject.device(), test_problem.problem().c_str(), nullptr, 0, nullptr),
          "implementations without a count");
  refused(t.prepare(subject.device(), test_problem.problem().c_str(),
                    test_problem.implementation().c_str(), test_problem.buffers().data(),
                    test_problem.buffers().size(), nullptr),
          "prepare into NULL");
  refused(t.run(test_problem.executable(), 1, ASSAY_HOT, nullptr), "run without room for a timing");
  require_unharmed(subject, test_problem, "refusing NULL outputs");
  return {};
}

/// Requests twice the device's memory, which no device can provide, even with spare host memory.
Finding out_of_memory(Subject& subject) {
  assay_device_info info = {};
  info.struct_size = sizeof info;
  const assay_status told = subject.table().device_info(subject.options().device, &info);
  if (told != ASSAY_OK || info.memory_bytes == 0)
    throw MissingPrerequisite("device_info reports no memory_bytes");
  const TestProblem test_problem(subject);
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max() / 2;
  const std::uint64_t bytes = 2 * std::min(info.memory_bytes, most);
  assay_buffer* buffer = nullptr;
  const assay_status status = subject.table().allocate(subject.device(), bytes, &buffer);
  if (status == ASSAY_OK && buffer != nullptr) subject.table().free(subject.device(), buffer);
  const std::string doing =
      fmt::format("allocating {} bytes of a device with {}", bytes, info.memory_bytes);
  subject.require_refusal(status, doing);
  require(status == ASSAY_OUT_OF_MEMORY, fmt::format("{}: {}", doing, subject.words(status)));
  const DeviceBuffer little(subject, 4096);
  require_unharmed(subject, test_problem, "running out of memory");
  return {};
}

}  // namespace

void add_error_clauses(std::vector<Clause>& clauses) {
  const auto add = [&](const char* name, const char* rule, Finding (*examine)(Subject&)) {
    clauses.push_back({"errors", name, rule, examine});
  };
  add("problem", "refuses invalid problems with a reason", bad_problem);
  add("handle", "refuses NULL for a handle with a reason", no_handle);
  add("place", "refuses NULL for an output with a reason", no_place);
  add("memory", "twice its memory: out of memory, still usable", out_of_memory);
}

}  // namespace assay::harness::conformance
