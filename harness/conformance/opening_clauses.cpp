// Clauses about opening a device, its sensors, and errors reported to the thread in which they
// occurred.
#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <thread>

#include "harness/conformance/subject.h"
#include "harness/measure/reading.h"

namespace assay::harness::conformance {
namespace {

assay_device* open(Subject& subject, std::size_t reach = sizeof(assay_open_options)) {
  subject.probed();
  ShortStruct<assay_open_options> options(sizeof(assay_open_options));
  options.get()->threads = 0;
  // The bytes beyond the caller's struct must not be read: as a number of threads they are absurd.
  if (reach < sizeof(assay_open_options)) options.get()->threads = 0xa5a5a5a5u;
  options.get()->struct_size = reach;
  assay_device* device = nullptr;
  const assay_status status =
      subject.table().open(subject.options().device, options.get(), &device);
  require(status == ASSAY_OK, subject.words(status));
  require(device != nullptr, "ok, but no device was returned");
  return device;
}

Finding open_close(Subject& subject) {
  subject.table().close(open(subject));
  subject.table().close(open(subject));
  return {};
}

Finding open_sized(Subject& subject) {
  subject.table().close(open(subject, offsetof(assay_open_options, threads)));
  return {};
}

Finding open_range(Subject& subject) {
  assay_open_options options = {};
  options.struct_size = sizeof options;
  assay_device* device = nullptr;
  const std::uint32_t count = subject.probed().device_count;
  for (const std::uint32_t index : {count, 0xffffffffu}) {
    subject.require_refusal(subject.table().open(index, &options, &device),
                            fmt::format("opening device {} of {}", index, count));
  }
  return {};
}

void require_between(double value, double least, double most, const char* what) {
  require(std::isnan(value) || (value >= least && value <= most),
          fmt::format("{} is {}", what, value));
}

Finding sensors(Subject& subject) {
  const assay_backend& table = subject.table();
  if (table.sensors == nullptr) return {Verdict::fulfilled, "absent"};
  assay_sensors reading = ASSAY_SENSORS_ABSENT;
  const assay_status status = table.sensors(subject.device(), &reading);
  if (status == ASSAY_UNSUPPORTED) return {Verdict::fulfilled, "absent on this device"};
  require(status == ASSAY_OK, subject.words(status));
  for (const measure::SensorQuantity& quantity : measure::kSensorQuantities) {
    require_between(reading.*quantity.report, quantity.least, quantity.most, quantity.key);
  }
  ShortStruct<assay_sensors> brief(offsetof(assay_sensors, throttle));
  table.sensors(subject.device(), brief.get());
  require(!brief.overrun(), "wrote beyond a struct_size smaller than the module's");
  return {};
}

Finding errors(Subject& subject) {
  const assay_backend& table = subject.table();
  std::size_t count = 0;
  const assay_status status =
      table.implementations(subject.device(), "no such problem", nullptr, 0, &count);
  subject.require_refusal(status, "asking for an invalid problem");
  const std::string before = subject.words();
  bool null = false;
  std::string elsewhere;
  std::thread([&] {
    const char* text = table.last_error();
    null = text == nullptr;
    if (!null) elsewhere = text;
  }).join();
  require(!null, "NULL in a thread without a failure");
  require(elsewhere.empty(), fmt::format("another thread sees \"{}\"", elsewhere));
  require(subject.words() == before, "the text changed without a failure");
  return {};
}

}  // namespace

void add_opening_clauses(std::vector<Clause>& clauses) {
  clauses.push_back({"device", "open", "opens, closes and opens again", open_close});
  clauses.push_back({"device", "open-size", "respects the caller's struct_size", open_sized});
  clauses.push_back(
      {"device", "open-range", "refuses an index beyond the last with a reason", open_range});
  // Must run before other clauses open the device and keep it open.
  add_reopening_clause(clauses);
  clauses.push_back({"device", "sensors", "absent, NaN or in a plausible range", sensors});
  clauses.push_back(
      {"device", "last-error", "gives the reason, only to the failing thread", errors});
}

}  // namespace assay::harness::conformance
