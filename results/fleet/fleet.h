// Many like devices that did the same work: which of them stand out, and what that costs the whole.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/record/record.h"

namespace assay::results::fleet {

struct FleetOptions {
  /// Probability that anything at all is told of a fleet in which nothing stands out, as far as
  /// its values are normal about their middle: family-wise, over all tests of the fleet.
  double level = 0.01;
  double slow = 0.02;    ///< least share by which a slow device is slower than the middle one
  double noisy = 2;      ///< least factor by which a noisy one's times scatter more
  double hot = 5;        ///< least kelvin by which a hot one is hotter
  double hungry = 0.05;  ///< least share by which a hungry one draws more power
  /// Of the host's name; its first group is the rack. See rack_pattern().
  std::optional<std::regex> rack;
};

/// A regular expression with at least one group. Throws InputError that names `place`.
std::regex rack_pattern(const std::string& text, std::string_view place);

struct FleetDevice {
  std::string name;    ///< "NVIDIA H200"
  std::string serial;  ///< unique id; may be empty
  std::string host, rack;
  std::string slot;  ///< among the devices of its host
  std::string rank;  ///< of the run that measured it; may be empty
  /// Mean over the problems of ln(time / middle device's time); NaN where nothing was measured.
  double slowness = 0;

  /// "node7 slot 3".
  std::string place() const;
};

/// From what weighs most to what weighs least.
enum class FleetFault {
  other_answer,  ///< its output differs from that of most
  wrong,         ///< its output failed verification
  failed,        ///< crashed, hung, was lost, or gave an error
  missing,       ///< lacks measurements that most have
  slow,
  throttled,  ///< said so, or measured at a clock below 3/4 of its highest
  hot,
  noisy,
  hungry  ///< draws more power for the same work
};
std::string_view name(FleetFault fault);
/// Whether a scheduler should keep work from a device that has it: not for heat, noise and hunger.
bool keeps_work_away(FleetFault fault);

struct FleetFinding {
  FleetFault fault = FleetFault::slow;
  std::size_t device = 0;
  std::size_t count = 1;  ///< problems in which it shows
  std::string problem;    ///< where it shows most; empty: over all problems together
  double size = 0;        ///< share, factor, kelvin: as the fault has it; 0 where it has none
  double deviations = 0;  ///< from the middle, in standard deviations of like devices
  std::string text;       ///< in words, with the numbers
  std::vector<std::string> records;  ///< ids of those it shows in
};

/// What one problem took on the devices.
struct FleetWork {
  std::string problem, implementation, mode;
  std::size_t devices = 0;    ///< that measured it, verified
  double middle_seconds = 0;  ///< of the median device
  double scatter = 0;         ///< between devices, relative
  double sum_rate = 0;        ///< of all, FLOP/s or B/s
  double pace_rate = 0;       ///< slowest × devices: what synchronous work gets
  bool flop = false;          ///< rates are of FLOP, else of bytes
  bool integer = false;
  std::size_t slowest = 0;  ///< device
};

struct Fleet {
  std::string name;  ///< of its devices
  FleetOptions options;
  std::vector<FleetDevice> devices;  ///< by rack, host and slot
  std::vector<FleetWork> work;
  std::vector<FleetFinding> findings;  ///< by fault, then by size
  std::size_t tests = 0;               ///< made of it
  /// Why something could not be looked for: "too few devices to tell slow ones (3 of 5)".
  std::vector<std::string> untested;

  /// Hosts of devices with a fault that keeps work away, each once, in order.
  std::vector<std::string> hosts_to_drain() const;
};

/// One fleet a kind of device (name and backend), the largest first. Modelled and imported,
/// unverified records are left out. Throws InputError if no kind has two devices.
std::vector<Fleet> examine_fleets(std::span<const record::Record> records,
                                  const FleetOptions& options);

}  // namespace assay::results::fleet
