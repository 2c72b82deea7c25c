// How far a measurement may be trusted: one value with its reasons, which every verb, page and
// export shows and obeys.
#pragma once

#include <array>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/record/ceilings.h"
#include "results/record/record.h"

namespace assay::results::trust {

/// What is wrong with a measurement, in the order of importance.
enum class Fault {
  unverified,
  implausible,
  suspect,
  busy,
  throttled,
  samples,
  unsettled,
  drift,
  interval
};

/// What a fault does to the figure.
enum class Effect {
  widens,  ///< only makes it less certain
  slows,   ///< can only have made the launches slower
  either   ///< may have moved it in either direction
};

struct FaultFacts {
  Fault fault;
  std::string_view name;     ///< in JSON, CSV and labels
  std::string_view meaning;  ///< "other work on the machine"
  std::string_view hint;     ///< what the user can do about it, as a command in words
  Effect effect;
};

/// Every fault once, in the order of the enumeration.
inline constexpr std::array kFaults = {
    FaultFacts{Fault::unverified, "unverified", "no result that was verified as right",
               "see its status and reason", Effect::either},
    FaultFacts{Fault::implausible, "implausible", "times that cannot be true",
               "run assay conform on the backend module", Effect::either},
    FaultFacts{Fault::suspect, "suspect", "times that may be false",
               "assay show says why; where it names other work, measure on a quiet machine",
               Effect::either},
    FaultFacts{Fault::busy, "busy", "other work on the machine", "measure on a quiet machine",
               Effect::slows},
    FaultFacts{Fault::throttled, "throttled", "launches at a low clock",
               "improve the cooling or raise the power limit", Effect::slows},
    FaultFacts{Fault::samples, "samples", "too few samples", "give more time: --budget",
               Effect::widens},
    FaultFacts{Fault::unsettled, "unsettled", "times had not settled when sampling began",
               "give more time: --budget", Effect::either},
    FaultFacts{Fault::drift, "drift", "times changed while they were measured",
               "give more time: --budget", Effect::either},
    FaultFacts{Fault::interval, "interval", "the target was not met", "give more time: --budget",
               Effect::widens}};

/// The number of the rules by which a record is doubted. Raise it with each change of them: a store
/// keeps what they said of a record, and judges a record anew whose number is another.
inline constexpr int kRules = 1;

const FaultFacts& facts(Fault fault);
/// Whether there is no figure that anything may be judged by, not even on request.
constexpr bool leaves_no_figure(Fault fault) {
  return fault == Fault::unverified || fault == Fault::implausible || fault == Fault::suspect;
}
std::string_view name(Fault fault);

struct Doubt {
  Fault fault = Fault::busy;
  std::string text;  ///< with its figures: "other work took 41% of the machine's CPU time"
  std::map<std::string, double> figures;  ///< by name; the name contains the unit: "clock_hz"
};

/// Everything that is wrong with a measurement, or with those that one result rests on.
struct Trust {
  std::vector<Doubt> doubts;  ///< in the order of the enumeration

  /// Whether nothing is wrong. Only then may it refute a claim.
  bool may_decide() const { return doubts.empty(); }
  bool has(Fault fault) const;
  /// Whether the doubts can only have made the launches slower or the figure less certain (other
  /// work, a low clock, a wide interval), so that a rate that was reached all the same may be
  /// believed. True without doubts.
  bool only_slows() const;
  /// Whether the figure may be wrong by more than its interval. Such a measurement is no baseline
  /// and is not compared; a wide interval or few samples alone do not make it so.
  bool may_be_off() const;
  /// The texts of all doubts, or "" if there are none.
  std::string text() const;
  /// Their names, each once: "busy, drift".
  std::string names() const;
};

/// Uses only what the record says; a forged record is found by the rules of `assay verify`. The
/// samples must be present for `drift` and `implausible` to be found.
Trust trust_of(const record::Record& record);

/// {"trusted": false, "doubts": [{"fault": "busy", "text": "…", "figures": {…}}]}
nlohmann::ordered_json to_json(const Trust& trust);
/// The opposite. Throws InputError for another text.
Trust trust_from_json(std::string_view text);

/// Whether two measurements may be compared, and if not, why: "A: other work took …". Empty if they
/// may. A measurement that may be off by more than its interval or has too few samples must not be.
std::string not_compared_reason(const Trust& baseline, const Trust& other, std::string_view letter);

/// How many records have each fault; a record with several faults counts for the first one only.
struct DoubtCounts {
  std::size_t records = 0;   ///< verified ones
  std::size_t doubtful = 0;  ///< with a doubt
  std::map<Fault, std::size_t> by_fault;

  void add(const record::Record& record, const Trust& trust);
  /// "9 busy, 3 interval".
  std::string counts() const;
  /// "12 of 31 doubtful: 9 busy (other work on the machine): measure on a quiet machine; …".
  /// Empty if none is doubtful.
  std::string text() const;
};

/// The single conditions. Each returns what is wrong, or nothing. results/trust/clocks.h has those
/// that make a measurement implausible; this is the first of them that holds for the record alone.
/// Where delays by other work explain it as well, trust_of() says `suspect` instead.
std::optional<Doubt> implausible(const record::Record& record);
/// The same, or what makes it `suspect`: no figure to compare, to project or to draw a roof by.
std::optional<Doubt> may_be_false(const record::Record& record);
std::optional<Doubt> missing_samples(const record::Record& record);
std::optional<Doubt> unsettled(const record::Record& record);
/// A drift of the samples that noise alone rarely makes (1%) and that is larger than the target.
std::optional<Doubt> drifted(const record::Record& record);
std::optional<Doubt> throttled(const record::Record& record);
/// Other work on the machine: by the share of CPU time that it took, by the time that the
/// hypervisor gave to other machines, or by the time that tasks waited for memory. Matters most for
/// a CPU, which is the machine itself.
std::optional<Doubt> busy(const record::Record& record);
/// `reached`: the relative half-width of the median's interval.
std::optional<Doubt> missed_interval(const record::Record& record, double reached);

/// record::measured_ceilings() by measurements whose doubts, if any, can only have slowed them; by
/// others only where there is no such one. A ceiling with a doubt says so. These judge the records.
record::Ceilings own_ceilings_of(std::span<const record::Record> records,
                                 const record::Record& like);
/// The same, raised by products (record::raise_by_products) with such doubts at most that these
/// ceilings do not refute: what shares are told of.
record::Ceilings ceilings_of(std::span<const record::Record> records, const record::Record& like);

}  // namespace assay::results::trust
