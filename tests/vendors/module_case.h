// Uses a vendor's module with its fake runtime, through the C table like the harness.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "backends/loader.h"
#include "kernels/input.h"
#include "kernels/operation.h"

namespace assay::vendors {

/// Sets an environment variable during a test.
class Setting {
 public:
  Setting(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~Setting() { unsetenv(name_); }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

 private:
  const char* name_;
};

/// A fault of the fake runtime (tests/fakes/common/faults.h) in every call of this name.
class WithFault : public Setting {
 public:
  explicit WithFault(const std::string& fault) : Setting("ASSAY_FAKE_FAULT", fault) {}
};

/// Opens assay_backend_NAME.so with its vendor's home, once per process.
inline const backends::Module& module_of(const std::string& name, const char* variable) {
  static std::map<std::string, backends::Module> opened;
  const auto known = opened.find(name);
  if (known != opened.end()) return known->second;
  const std::filesystem::path bin = ASSAY_BIN_DIR;
  setenv(variable, (bin / "fakes" / name).c_str(), 1);
  backends::Module made = backends::Module::open(bin / ("assay_backend_" + name + ".so"));
  assay_probe probe = {};
  probe.struct_size = sizeof probe;
  EXPECT_EQ(made->probe(&probe), ASSAY_OK);
  return opened.emplace(name, std::move(made)).first->second;
}

/// The outcome of a problem.
struct Outcome {
  assay_status status = ASSAY_OK;
  std::string words;  ///< last_error if the status is not ASSAY_OK
  kernels::Outcome result = kernels::Outcome::wrong;
  std::string where;  ///< position of the first wrong element
  std::map<std::string, std::string> details;
  std::vector<assay_launch> launches;
};

class ModuleCase : public testing::Test {
 protected:
  explicit ModuleCase(const backends::Module& module) : table_(*module) {}

  void SetUp() override { ASSERT_EQ(open(), ASSAY_OK) << table_.last_error(); }
  void TearDown() override {
    if (device_ != nullptr) table_.close(device_);
  }

  assay_status open(std::uint32_t index = 0) {
    assay_open_options options = {};
    options.struct_size = sizeof options;
    return table_.open(index, &options, &device_);
  }

  std::string reason(const std::string& problem, const std::string& name) {
    std::vector<assay_implementation> list(8);
    for (assay_implementation& one : list) one.struct_size = sizeof one;
    std::size_t count = 0;
    EXPECT_EQ(table_.implementations(device_, problem.c_str(), list.data(), list.size(), &count),
              ASSAY_OK)
        << table_.last_error();
    for (std::size_t i = 0; i < count; ++i) {
      if (name == list[i].name) return list[i].reason;
    }
    return "there is no " + name;
  }

  /// Uploads operands, prepares, launches, and checks the result.
  Outcome compute(const std::string& text, const std::string& implementation,
                  std::uint32_t launches = 1, assay_mode mode = ASSAY_HOT) {
    const auto problem = kernels::Problem::parse(text);
    Outcome out;
    std::vector<assay_buffer*> buffers;
    std::vector<std::vector<std::byte>> host;
    assay_executable* made = nullptr;
    out.status = send(problem, host, buffers);
    if (out.status == ASSAY_OK) {
      out.status = table_.prepare(device_, problem.text().c_str(), implementation.c_str(),
                                  buffers.data(), buffers.size(), &made);
    }
    if (out.status == ASSAY_OK) out.details = details(made);
    out.launches.resize(launches);
    if (out.status == ASSAY_OK) out.status = table_.run(made, launches, mode, out.launches.data());
    if (out.status == ASSAY_OK) out.status = judge(problem, host, buffers, out);
    if (out.status != ASSAY_OK) out.words = table_.last_error();
    if (made != nullptr) table_.release(made);
    for (assay_buffer* buffer : buffers) table_.free(device_, buffer);
    return out;
  }

  const assay_backend& table_;
  assay_device* device_ = nullptr;

 private:
  assay_status send(const kernels::Problem& problem, std::vector<std::vector<std::byte>>& host,
                    std::vector<assay_buffer*>& buffers) {
    for (const kernels::Operand& operand : problem.operation().operands(problem)) {
      std::vector<std::byte> bytes(static_cast<std::size_t>(operand.bytes()));
      if (operand.role == kernels::Role::input) {
        kernels::generate(problem, static_cast<int>(host.size()), 0, bytes);
      } else {
        kernels::poison(operand.type, bytes);
      }
      assay_buffer* buffer = nullptr;
      assay_status status = table_.allocate(device_, bytes.size(), &buffer);
      if (status != ASSAY_OK) return status;
      buffers.push_back(buffer);
      status = table_.upload(device_, buffer, 0, bytes.data(), bytes.size());
      if (status != ASSAY_OK) return status;
      host.push_back(std::move(bytes));
    }
    return ASSAY_OK;
  }

  std::map<std::string, std::string> details(assay_executable* made) {
    const assay_property* list = nullptr;
    std::size_t count = 0;
    std::map<std::string, std::string> out;
    EXPECT_EQ(table_.describe(made, &list, &count), ASSAY_OK);
    for (std::size_t i = 0; i < count; ++i) out[list[i].key] = list[i].value;
    return out;
  }

  assay_status judge(const kernels::Problem& problem, std::vector<std::vector<std::byte>>& host,
                     const std::vector<assay_buffer*>& buffers, Outcome& out) {
    std::vector<kernels::ConstBytes> spans;
    for (std::size_t i = 0; i < host.size(); ++i) {
      const assay_status status =
          table_.download(device_, buffers[i], 0, host[i].data(), host[i].size());
      if (status != ASSAY_OK) return status;
      spans.emplace_back(host[i]);
    }
    const kernels::Check check = problem.operation().check(problem, spans, {});
    out.result = check.outcome;
    out.where = check.where;
    return ASSAY_OK;
  }
};

/// The outcome is a right result.
MATCHER(IsRight, "") {
  *result_listener << arg.words << arg.where;
  return arg.status == ASSAY_OK && arg.result == kernels::Outcome::right;
}

/// The outcome is a status with an error text that contains `what`.
MATCHER_P2(Failed, status, what, "") {
  *result_listener << "status " << arg.status << ": " << arg.words;
  return arg.status == status && arg.words.find(what) != std::string::npos;
}

}  // namespace assay::vendors
