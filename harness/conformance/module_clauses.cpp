// Clauses about the module itself: entry point, table, probe, descriptions of devices.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <sstream>
#include <string_view>

#include "harness/conformance/subject.h"
#include "kernels/dtype.h"

namespace assay::harness::conformance {
namespace {

void require_text(const char* text, const std::string& what) {
  require(text != nullptr, what + " is NULL");
}

void require_line(const char* text, const std::string& what) {
  require_text(text, what);
  require(*text != '\0', what + " is empty");
  require(std::string_view(text).find('\n') == std::string_view::npos, what + " has several lines");
}

void require_properties(const assay_property* list, std::size_t count, const std::string& what) {
  require(count == 0 || list != nullptr, what + " are NULL");
  for (std::size_t i = 0; i < count; ++i) {
    require_line(list[i].key, what + ": a key");
    require_text(list[i].value, fmt::format("{}: {}", what, list[i].key));
  }
}

Finding entry(Subject& subject) {
  require(subject.entry()(ASSAY_BACKEND_ABI) != nullptr,
          fmt::format("NULL for version {}", ASSAY_BACKEND_ABI));
  return {};
}

Finding foreign(Subject& subject) {
  for (const std::uint32_t version : {0u, ASSAY_BACKEND_ABI + 1000, 0xffffffffu}) {
    require(subject.entry()(version) == nullptr,
            fmt::format("returned a table for version {}", version));
  }
  return {};
}

Finding table(Subject& subject) {
  const assay_backend& t = subject.table();
  require(t.abi == ASSAY_BACKEND_ABI, fmt::format("abi is {}", t.abi));
  require(t.struct_size >= sizeof t, fmt::format("struct_size is {}", t.struct_size));
  require_line(t.name, "name");
  require_line(t.version, "version");
  require_line(t.description, "description");
  const bool complete = t.probe && t.device_info && t.open && t.close && t.allocate && t.free &&
                        t.upload && t.download && t.implementations && t.prepare && t.release &&
                        t.describe && t.run && t.last_error;
  require(complete, "a required function is NULL");
  const std::string file = fmt::format("assay_backend_{}.so", t.name);
  if (subject.options().module.filename() != file) {
    return {Verdict::noted, fmt::format("the module's file is not named {}", file)};
  }
  return {};
}

/// "OMP_*" or "LD_PRELOAD"; not "*", which would record every variable.
bool names_variables(std::string_view name) {
  if (name.ends_with('*')) name.remove_suffix(1);
  const auto in_name = [](char c) {
    return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), in_name);
}

Finding variables(Subject& subject) {
  const auto list_of = subject.table().environment_variables;
  if (list_of == nullptr) return {Verdict::absent, "declares none"};
  std::size_t count = 0;
  const char* const* const list = list_of(&count);
  require(count == 0 || list != nullptr, "the list is NULL");
  for (std::size_t i = 0; i < count; ++i) {
    require_text(list[i], fmt::format("variable {}", i));
    require(names_variables(list[i]),
            fmt::format("\"{}\" is neither a name nor a prefix followed by *", list[i]));
  }
  return {Verdict::fulfilled, fmt::format("variables: {}", count)};
}

Finding probe(Subject& subject) {
  assay_probe found = {};
  found.struct_size = sizeof found;
  const auto begin = std::chrono::steady_clock::now();
  const assay_status status = subject.table().probe(&found);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  require(status == ASSAY_OK || status == ASSAY_NO_DEVICE, subject.words(status));
  require(status == ASSAY_OK || found.device_count == 0,
          fmt::format("no device, but device_count is {}", found.device_count));
  require_line(found.summary, "summary");
  require_text(found.hint, "hint");
  require_properties(found.details, found.detail_count, "details");
  const std::string took =
      fmt::format("devices: {}, in {:.0f} ms", found.device_count, seconds * 1e3);
  return {seconds > 0.1 ? Verdict::noted : Verdict::fulfilled, took};
}

Finding probe_sized(Subject& subject) {
  ShortStruct<assay_probe> brief(offsetof(assay_probe, details));
  const assay_status status = subject.table().probe(brief.get());
  require(status == ASSAY_OK || status == ASSAY_NO_DEVICE, subject.words(status));
  require(!brief.overrun(), "wrote beyond a struct_size smaller than the module's");
  return {};
}

void require_types(const char* types) {
  require_text(types, "types");
  std::istringstream stream(types);
  for (std::string type; stream >> type;) {
    require(kernels::data_type(type).has_value(), fmt::format("types: unknown type {}", type));
  }
}

void require_info(const assay_device_info& info) {
  require_line(info.name, "name");
  require_text(info.vendor, "vendor");
  require_line(info.kind, "kind");
  require_text(info.unique_id, "unique_id");
  require_text(info.bus_id, "bus_id");
  require_text(info.driver, "driver");
  require(info.memory_bytes > 0, "memory_bytes is 0");
  require(std::isfinite(info.clock_hz) && info.clock_hz >= 0,
          fmt::format("clock_hz is {}", info.clock_hz));
  require_types(info.types);
  require_properties(info.properties, info.property_count, "properties");
}

Finding info(Subject& subject) {
  for (std::uint32_t index = 0; index < subject.probed().device_count; ++index) {
    assay_device_info info = {};
    info.struct_size = sizeof info;
    const assay_status status = subject.table().device_info(index, &info);
    require(status == ASSAY_OK, fmt::format("device {}: {}", index, subject.words(status)));
    try {
      require_info(info);
    } catch (const Violation& violation) {
      throw Violation(fmt::format("device {}: {}", index, violation.what()));
    }
  }
  return {};
}

Finding info_sized(Subject& subject) {
  if (subject.probed().device_count == 0) return {Verdict::absent, "there is no device"};
  ShortStruct<assay_device_info> brief(offsetof(assay_device_info, types));
  require(subject.table().device_info(0, brief.get()) == ASSAY_OK, subject.words());
  require(!brief.overrun(), "wrote beyond a struct_size smaller than the module's");
  return {};
}

Finding info_range(Subject& subject) {
  assay_device_info info = {};
  info.struct_size = sizeof info;
  const std::uint32_t count = subject.probed().device_count;
  for (const std::uint32_t index : {count, 0xffffffffu}) {
    subject.require_refusal(subject.table().device_info(index, &info),
                            fmt::format("device {} of {}", index, count));
  }
  return {};
}

/// Requires that the devices include the made-up one and that it is marked as modelled.
void require_made_up_device(Subject& subject) {
  const std::string id = example_system().id;
  for (std::uint32_t index = 0; index < subject.probed().device_count; ++index) {
    assay_device_info info = {};
    info.struct_size = sizeof info;
    if (subject.table().device_info(index, &info) != ASSAY_OK || info.unique_id != id) continue;
    require(info.modelled == 1, "the modelled device is not marked as modelled");
    return;
  }
  throw Violation(fmt::format("no device has the unique_id {}", id));
}

Finding pretend(Subject& subject) {
  if (subject.pretending() == nullptr) return {Verdict::absent, "models no devices"};
  require(subject.pretended() == ASSAY_OK, subject.words(subject.pretended()));
  assay_published bare = example_system();
  bare.id = "bare";
  bare.figure_count = 0;
  const assay_status refusal = subject.pretending()(&bare);
  subject.require_refusal(refusal, "modelling a system without figures");
  require_made_up_device(subject);
  assay_published late = example_system();
  late.id = "late";
  subject.require_refusal(subject.pretending()(&late), "modelling a system after probe");
  return {};
}

}  // namespace

std::vector<Clause> module_clauses() {
  return {
      {"module", "entry", "provides this version of the interface", entry},
      {"module", "version", "NULL for a version that it does not provide", foreign},
      {"module", "table", "has a name; only optional functions are NULL", table},
      {"module", "variables", "declares environment variables that it reads", variables},
      {"module", "pretend", "models systems with figures, refuses others", pretend},
      {"module", "probe", "returns devices, summary, hint within 100 ms", probe},
      {"module", "probe-size", "respects the caller's struct_size", probe_sized},
      {"module", "info", "device_info sets all fields plausibly", info},
      {"module", "info-size", "respects the caller's struct_size", info_sized},
      {"module", "info-range", "refuses an index beyond the last with a reason", info_range},
  };
}

std::vector<Clause> device_clauses() {
  std::vector<Clause> clauses;
  add_opening_clauses(clauses);
  // Must run before other clauses make the device join as a single rank.
  add_rank_clauses(clauses);
  add_memory_clauses(clauses);
  add_prepare_clauses(clauses);
  add_run_clauses(clauses);
  add_error_clauses(clauses);
  add_result_clauses(clauses);
  add_timing_clauses(clauses);
  add_resource_clauses(clauses);
  return clauses;
}

}  // namespace assay::harness::conformance
