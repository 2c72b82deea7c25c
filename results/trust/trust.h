// Whether a measurement is good enough to decide something, and if not, why.
#pragma once

#include <string>
#include <vector>

#include "results/record/record.h"

namespace assay::results::trust {

/// What is wrong with a measurement, in the order of importance.
enum class Fault { busy, throttled, samples, unsettled, drift, interval };

struct Doubt {
  Fault fault = Fault::busy;
  std::string text;  ///< with its figures: "other work took 41% of the machine's CPU time"
};

/// Everything that is wrong with a measurement; empty if it may refute a claim. Uses only what the
/// record says; a forged record is found by the rules of `assay verify`.
std::vector<Doubt> doubts(const record::Record& record);
/// The texts of all doubts, or "" if there are none.
std::string text_of(const std::vector<Doubt>& doubts);
/// Whether one of them is that the machine was busy.
bool is_busy(const std::vector<Doubt>& doubts);

/// Whether they can only have made the launches slower, so that a rate that was reached all the
/// same may be believed: other work, a low clock, or a wide interval.
bool only_slows(const std::vector<Doubt>& doubts);

/// The single conditions. Each returns what is wrong, or "".
std::string missing_samples(const record::Record& record);
std::string unsettled(const record::Record& record);
/// A drift of the samples that noise alone rarely makes (1%) and that is larger than the target.
std::string drifted(const record::Record& record);
std::string throttled(const record::Record& record);
/// Other work on the machine: by the share of CPU time that it took, by the time that the
/// hypervisor gave to other machines, or by the time that tasks waited for memory. Matters most for
/// a CPU, which is the machine itself.
std::string busy(const record::Record& record);
/// `reached`: the relative half-width of the median's interval.
std::string missed_interval(const record::Record& record, double reached);

}  // namespace assay::results::trust
