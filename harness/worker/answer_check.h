// Compares the answers of a worker with what was asked. A worker runs a vendor's code, which may
// write to all of its memory and its descriptors, so nothing that it says is believed as it stands.
#pragma once

#include <string>

#include "backends/loader.h"
#include "harness/worker/messages.h"

namespace assay::harness::worker {

/// An answer that does not fit its request. The text begins with the key that is wrong.
class WrongAnswer : public Error {
 public:
  using Error::Error;
};

/// The longest line of a worker, in bytes. An answer with the largest number of samples has less
/// than a tenth of it.
inline constexpr std::size_t kLongestAnswer = std::size_t{16} << 20;

/// Throws WrongAnswer unless all texts are clean (measure/foreign_text.h) and bounded, all lists
/// are bounded, and all numbers are finite apart from those that may be unknown.
void require_bounded(const Answer& answer);

/// Throws WrongAnswer unless it is the figure of a model, or says why there is none.
void require_model(const Measured& measured);
/// Throws WrongAnswer unless there are `count` launches with times.
void require_answers(const Launches& launches, std::uint32_t count);
/// Unless each figure is one that a backend may report (harness/measure/reading.h).
void require_answers(const SensorReading& reading);
/// Unless the offers have names of their own and divisions that the device may give.
void require_answers(const Offers& offers, const results::record::DeviceIdentity& device);
/// Unless it is the device that was listed.
void require_same(const results::record::DeviceIdentity& told,
                  const results::record::DeviceIdentity& listed);
/// Unless the report is about this file and its devices are the module's own.
void require_answers(const ModuleReport& report, const backends::ModuleFile& file);

}  // namespace assay::harness::worker
