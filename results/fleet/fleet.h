// Finds outliers among devices of one kind that did the same work, and what they cost the whole
// fleet.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/record/pattern.h"
#include "results/record/record.h"

namespace assay::results::fleet {

struct FleetOptions {
  /// Probability of any false finding in a fleet without outliers, if the values are normally
  /// distributed around their median: family-wise, over all tests of the fleet.
  double level = 0.01;
  double slow = 0.02;  ///< a slow device is slower than the median device by at least this share
  double noisy = 2;    ///< the times of a noisy device spread by at least this factor more
  double hot = 5;      ///< a hot device is hotter by at least this many kelvin
  double high_power = 0.05;  ///< such a device draws more power by at least this share
  /// Searched in the host's name; its first group is the rack. See rack_pattern().
  std::optional<record::Pattern> rack;
};

/// A regular expression with at least one group. Throws InputError that names `place`.
record::Pattern rack_pattern(const std::string& text, std::string_view place);

struct FleetDevice {
  std::string name;    ///< "NVIDIA H200"
  std::string serial;  ///< unique id; may be empty
  std::string host, rack;
  std::string slot;  ///< position among the devices of its host
  std::string rank;  ///< in the run that measured it; may be empty
  /// Mean over the problems of ln(time / time of the median device); NaN if nothing was measured.
  double slowness = 0;

  /// "node7 slot 3".
  std::string place() const;
};

/// In the order of importance.
enum class FleetFault {
  other_output,  ///< its output differs from that of the majority
  wrong,         ///< its output failed verification
  failed,        ///< crashed, hung, was lost, or returned an error
  missing,       ///< lacks measurements that most devices have
  slow,
  throttled,  ///< reported by the device, or measured at a clock below 3/4 of its highest
  hot,
  noisy,
  high_power  ///< draws more power for the same work
};
std::string_view name(FleetFault fault);
/// Whether a device with this fault should get no more work. Heat, noise and high power are no
/// reason.
bool should_drain(FleetFault fault);

struct FleetFinding {
  FleetFault fault = FleetFault::slow;
  std::size_t device = 0;
  std::size_t count = 1;  ///< number of problems that show it
  std::string problem;    ///< that shows it most; empty if it is the mean over all problems
  double size = 0;  ///< a share, a factor or kelvin, depending on the fault; 0 if it has no size
  double deviations = 0;  ///< distance from the median, in standard deviations of the devices
  std::string text;       ///< explanation with numbers
  std::vector<std::string> records;  ///< ids of the records that show it
};

/// The results of one problem on all devices.
struct FleetWork {
  std::string problem, implementation;
  record::Mode mode = record::Mode::cold;
  std::size_t devices = 0;      ///< number of devices with a verified result
  double median_seconds = 0;    ///< of the median device
  double scatter = 0;           ///< between devices, relative
  double total_rate = 0;        ///< of all, FLOP/s or B/s
  double synchronous_rate = 0;  ///< slowest × devices: the rate of synchronous work
  bool flop = false;            ///< rates are in FLOP/s, else in B/s
  bool integer = false;
  std::size_t slowest = 0;  ///< index of the slowest device
  /// What is wrong with the slowest device's measurement: "busy, drift"; empty if nothing is.
  std::string doubt;

  /// The share of the sum of rates that is lost if all devices wait for the slowest one.
  double lost() const { return total_rate > 0 ? 1 - synchronous_rate / total_rate : 0; }
};

struct Fleet {
  std::string name;  ///< name of the devices
  FleetOptions options;
  std::vector<FleetDevice> devices;  ///< by rack, host and slot
  std::vector<FleetWork> work;
  std::vector<FleetFinding> findings;  ///< by fault, then by size
  std::size_t tests = 0;               ///< number of tests
  /// Number of devices with times that could be compared with those of at least four others, for at
  /// least half of the measurements that they have.
  std::size_t speed_tested = 0;
  /// What could not be tested, and why: "slow, hot … devices: the scatter … at least 5 are needed".
  std::vector<std::string> untested;

  /// Hosts with a device that should get no more work, each once, in order.
  std::vector<std::string> hosts_to_drain() const;
  /// The work that loses most to its slowest device, if that is at least kGreatLoss; or null.
  const FleetWork* greatest_loss() const;
};
inline constexpr double kGreatLoss = 0.1;

/// The conclusion in a sentence. Without outliers it says how many devices were tested for slowness
/// and how much is lost at the pace of the slowest device, if that is much.
std::string headline(const Fleet& fleet);

/// One fleet per kind of device (name and backend), the largest first, without modelled records and
/// unverified imported ones. Throws InputError if no kind has two devices.
std::vector<Fleet> examine_fleets(std::span<const record::Record> records,
                                  const FleetOptions& options);

}  // namespace assay::results::fleet
