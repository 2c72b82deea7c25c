#include "backends/datasheet/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "kernels/dtype.h"
#include "kernels/operation.h"
#include "kernels/transfer/shape.h"

namespace assay::backends::datasheet {
namespace {

using kernels::DataType;
using kernels::Problem;
using sdk::Published;
using Direction = kernels::TransferShape::Direction;

constexpr const char* kBandwidth = "memory.bandwidth";
constexpr const char* kCapacity = "memory.capacity";
constexpr const char* kHostLink = "link.bandwidth.host";
constexpr const char* kLatency = "latency.launch";

/// Published figures do not distinguish the two 8-bit floating types.
std::string peak_name(DataType type) {
  const bool eight = type == DataType::f8e4m3 || type == DataType::f8e5m2;
  return fmt::format("peak.{}", eight ? "f8" : name(type));
}

std::optional<double> stated(const Published& system, const std::string& quantity) {
  const auto found = system.figures.find(quantity);
  if (found == system.figures.end() || !std::isfinite(found->second) || found->second <= 0) {
    return std::nullopt;
  }
  return found->second;
}

/// Of a figure that why_not() has seen.
double figure(const Published& system, const std::string& quantity) {
  return system.figures.at(quantity);
}

/// Of the operations that a link limits only transfers run on one device: why_not() refuses others.
bool is_transfer(const Problem& problem) {
  return problem.operation().roof == kernels::Roof::link;
}

bool crosses_host_link(const Problem& problem) {
  return is_transfer(problem) &&
         kernels::transfer_shape(problem).direction != Direction::device_to_device;
}

/// Bytes that the memory or link moves: a transfer's work counts each once, as links are rated.
double moved_bytes(const Problem& problem, const kernels::Work& work) {
  const bool twice = is_transfer(problem) && !crosses_host_link(problem);
  return work.bytes * (twice ? 2 : 1);
}

double operand_bytes(const Problem& problem) {
  double bytes = 0;
  for (const kernels::Operand& operand : problem.operation().operands(problem)) {
    bytes += static_cast<double>(operand.bytes());
  }
  return bytes;
}

}  // namespace

std::string lacking(const Published& system) {
  if (system.kind != "chip" && system.kind != "die" && system.kind != "cpu") {
    return fmt::format("a {} is several devices, not one", system.kind);
  }
  std::string text;
  const auto lack = [&](const std::string& what) {
    text += (text.empty() ? "no " : ", no ") + what;
  };
  if (types_of(system).empty()) lack("peak of any type");
  for (const char* quantity : {kBandwidth, kCapacity}) {
    if (!stated(system, quantity)) lack(quantity);
  }
  return text.empty() ? "" : "its description states " + text;
}

std::string types_of(const Published& system) {
  std::string text;
  for (const DataType type : kernels::kDataTypes) {
    if (!stated(system, peak_name(type))) continue;
    text += fmt::format("{}{}", text.empty() ? "" : " ", name(type));
  }
  return text;
}

std::string why_not(const Published& system, const Problem& problem) {
  const auto unstated = [&](const std::string& quantity) {
    return fmt::format("{} states no {}", system.id, quantity);
  };
  if (problem.operation().collective != nullptr) {
    return "only a single device is modelled, not the network between several";
  }
  const kernels::Work work = problem.operation().work(problem);
  if (work.flop > 0 && !stated(system, peak_name(work.type))) {
    return fmt::format("{}, and the peak of another type cannot replace {}",
                       unstated(peak_name(work.type)), name(work.type));
  }
  if (crosses_host_link(problem) && !stated(system, kHostLink)) return unstated(kHostLink);
  if (problem.operation().figure == kernels::Figure::time && !stated(system, kLatency))
    return unstated(kLatency);
  const double bytes = operand_bytes(problem);
  if (bytes > figure(system, kCapacity)) {
    return fmt::format("its operands have {:.4g} B, and {} has {:.4g} B", bytes, system.id,
                       figure(system, kCapacity));
  }
  return "";
}

Modelled model(const Published& system, const Problem& problem) {
  const kernels::Work work = problem.operation().work(problem);
  const std::string peak = peak_name(work.type);
  const std::string bandwidth = crosses_host_link(problem) ? kHostLink : kBandwidth;
  const double computing = work.flop > 0 ? work.flop / figure(system, peak) : 0;
  const double moving = moved_bytes(problem, work) / figure(system, bandwidth);
  const double latency = stated(system, kLatency).value_or(0);
  Modelled out;
  out.seconds = std::max(computing, moving) + latency;
  const char* bound = computing > moving ? peak.c_str() : bandwidth.c_str();
  if (latency > std::max(computing, moving)) bound = kLatency;
  // Each key says what its figure is, wherever it is shown.
  out.details = {{"model", "roofline of published figures; nothing ran"},
                 {"modelled system", system.id},
                 {"modelled bound", bound},
                 {"modelled moving",
                  fmt::format("{:.6g} B at {} of {:.6g} B/s: {:.6g} s", moved_bytes(problem, work),
                              bandwidth, figure(system, bandwidth), moving)},
                 {"modelled latency", latency > 0 ? fmt::format("{} of {:.6g} s", kLatency, latency)
                                                  : "none stated, none added"}};
  if (work.flop > 0) {
    out.details.emplace_back("modelled computing",
                             fmt::format("{:.6g} operations at {} of {:.6g} per second: {:.6g} s",
                                         work.flop, peak, figure(system, peak), computing));
  }
  return out;
}

}  // namespace assay::backends::datasheet
