#include "harness/conformance/resource_usage.h"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "harness/conformance/judgement.h"
#include "harness/measure/clock.h"
#include "results/page/quantity_text.h"

// If a sanitizer replaces malloc, only the sanitizer knows the number of bytes.
extern "C" __attribute__((weak)) std::size_t
__sanitizer_get_current_allocated_bytes();  // NOLINT(bugprone-reserved-identifier,cert-*)

namespace assay::harness::conformance {
namespace {

using measure::seconds_now;

/// Growth below these bytes per cycle, or below these bytes per quarter, is attributed to the
/// allocator.
constexpr double kHeapEach = 2, kHeapLeast = 4096;
constexpr double kDeviceEach = 64, kDeviceLeast = 64 << 10;
constexpr double kResidentEach = 64, kResidentLeast = 256 << 10;

double entries(const char* folder) {
  std::error_code error;
  const std::filesystem::directory_iterator begin(folder, error);
  // All descriptors are in use, so that not even this folder can be opened.
  if (error) return std::numeric_limits<double>::infinity();
  return static_cast<double>(std::distance(begin, std::filesystem::directory_iterator()));
}

double resident_bytes() {
  std::ifstream stream("/proc/self/statm");
  double all = NAN, resident = NAN;
  stream >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::vector<double> figures(const Repetition& repetition, double ResourceUsage::*figure) {
  std::vector<double> out;
  for (const ResourceUsage& reading : repetition.readings) out.push_back(reading.*figure);
  return out;
}

std::string growth_text(const Repetition& repetition, const char* what,
                        double ResourceUsage::*figure, double each, double least) {
  const auto readings = figures(repetition, figure);
  const auto quarters = static_cast<double>(readings.size() - 1);
  const double cycles = static_cast<double>(repetition.done) * 0.9;
  if (!grows_steadily(readings, std::max(least, each * cycles / quarters))) return "";
  const double grown = readings.back() - readings.front();
  return fmt::format("{} grew in every quarter, by {} in total: {:.0f} bytes per repetition", what,
                     results::page::bytes_text(grown), grown / cycles);
}

std::string accumulation_text(const Repetition& repetition, const char* what,
                              double ResourceUsage::*figure) {
  const double accumulated = repetition.readings.back().*figure - repetition.before.*figure;
  const double most = std::max(2.0, static_cast<double>(repetition.done) / 1000);
  if (std::isinf(accumulated)) return fmt::format("too many {}: no file can be opened", what);
  return accumulated < most ? "" : fmt::format("{:.0f} more {} than at first", accumulated, what);
}

}  // namespace

ResourceUsage resource_usage(Subject& subject) {
  ResourceUsage held;
  if (__sanitizer_get_current_allocated_bytes != nullptr) {
    held.heap_bytes = static_cast<double>(__sanitizer_get_current_allocated_bytes());
    held.resident_bytes = NAN;
  } else {
    malloc_trim(0);
    const auto info = mallinfo2();
    held.heap_bytes = static_cast<double>(info.uordblks + info.hblkhd);
    held.resident_bytes = resident_bytes();
  }
  held.descriptors = entries("/proc/self/fd");
  held.threads = entries("/proc/self/task");
  const auto available = subject.opened() ? subject.memory_available() : std::nullopt;
  held.device_bytes = available ? -*available : NAN;
  return held;
}

Repetition repeat(Subject& subject, std::size_t cycles, std::size_t round, double budget,
                  const std::function<void(std::size_t)>& body) {
  for (std::size_t i = 0; i < round; ++i) {
    body(i);
    subject.alive(fmt::format("first round, {} of {}", i + 1, round));
  }
  Repetition all;
  all.asked = cycles;
  all.before = resource_usage(subject);
  const double begin = seconds_now();
  const auto go_to = [&](std::size_t end) {
    for (; all.done < end; ++all.done) {
      body(all.done);
      subject.alive(fmt::format("{} of {}", all.done + 1, cycles));
      if (all.readings.empty() && seconds_now() - begin > budget / 10) break;
    }
  };
  go_to(cycles / 10);
  const std::size_t warm = std::max<std::size_t>(all.done, 1);
  // Estimate the number of remaining cycles from the time of the warm-up.
  const std::size_t quarter = std::max<std::size_t>(1, warm * 9 / 4);
  all.readings.push_back(resource_usage(subject));
  for (int quarters = 1; quarters <= 4; ++quarters) {
    go_to(quarters == 4 && warm == cycles / 10 ? cycles : all.done + quarter);
    all.readings.push_back(resource_usage(subject));
  }
  all.seconds = seconds_now() - begin;
  return all;
}

std::string leaks(const Repetition& repetition) {
  const std::string findings[] = {
      growth_text(repetition, "memory from malloc", &ResourceUsage::heap_bytes, kHeapEach,
                  kHeapLeast),
      growth_text(repetition, "resident memory", &ResourceUsage::resident_bytes, kResidentEach,
                  kResidentLeast),
      growth_text(repetition, "used device memory", &ResourceUsage::device_bytes, kDeviceEach,
                  kDeviceLeast),
      accumulation_text(repetition, "open descriptors", &ResourceUsage::descriptors),
      accumulation_text(repetition, "threads", &ResourceUsage::threads)};
  std::string text;
  for (const std::string& finding : findings) {
    if (!finding.empty()) text += (text.empty() ? "" : "; ") + finding;
  }
  return text;
}

std::string times_text(const Repetition& repetition) {
  if (repetition.done >= repetition.asked) return fmt::format("{} times", repetition.done);
  return fmt::format("{} of {} times, limited to {}", repetition.done, repetition.asked,
                     results::page::duration_text(repetition.seconds));
}

}  // namespace assay::harness::conformance
