// Challenges: before each call of timed launches some parts of the outputs and inputs are
// overwritten, and after it outputs are looked at. When, how long the call is, and how much is
// looked at, is drawn from the system's entropy, so that no module can do its work only where it
// will be seen. Work that is done only right after a change shows in the times.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "harness/measure/sampler.h"
#include "harness/measure/target.h"
#include "results/record/challenges.h"

namespace assay::harness::measure {

class Challenges {
 public:
  /// A target that is not Challengeable is only launched.
  Challenges(Target& target, Entropy random, Clock now);

  /// Launches `count` times, in one or two calls of random length; in one call without a challenge
  /// where challenges have taken too long.
  std::vector<assay_launch> launch(std::uint32_t count, assay_mode mode);
  /// From now on, only parts of outputs are looked at: whole ones would take too long between
  /// launches whose energy is measured.
  void only_parts() { looks_at_whole_ = false; }
  /// Time spent so far outside of launches.
  double seconds() const { return seconds_; }
  /// After the samples: calls of one launch each without cache flushes, one right after another,
  /// before which an input is replaced, or where none may change all outputs are overwritten, so
  /// that no result kept from earlier helps. Outputs are looked at after each, and those of some
  /// that count are judged. Work that is put off until a download counts; the record has the whole
  /// way, with what uploads took.
  /// Nothing that a device does slowly after a pause does, so that a call takes little more than a
  /// launch, unless it does work that the timed launches leave out. The sums of the quickest few;
  /// none where no clock runs around calls.
  results::record::ClockSums single_calls(double launch_seconds);
  /// After the samples: makes up for challenges that were not drawn, and gives the inputs their
  /// first values for the launch that must follow, whose output finish() then need not make anew.
  void make_up(assay_mode mode);
  /// After the last launch: makes up for challenges that were not drawn, and judges an output with
  /// changed inputs, which takes `judging_seconds`; briefly if these are more than allowed.
  /// Leaves the output of a launch with the original inputs. Writes what was found to `out`.
  void finish(assay_mode mode, double judging_seconds, double allowed_seconds, Measurement& out);

 private:
  struct Failure {
    std::string where;
    kernels::Check check;
  };
  /// A call of one launch after which somebody looked: its clocks, and how to judge its output.
  struct SingleCall {
    results::record::ClockSums sums;  ///< with work that was put off until the download
    double way_seconds = 0;           ///< as Challenges::way_seconds of a record
    std::function<kernels::Check()> judge;
  };
  SingleCall single_call();
  /// Judges two of them.
  void judge_some(std::vector<SingleCall> calls);
  std::vector<assay_launch> call(Inputs inputs, std::uint32_t count, assay_mode mode);
  std::vector<assay_launch> timed(std::uint32_t count, assay_mode mode);
  void look(Inputs inputs, bool whole);
  void look_at_whole(Inputs inputs);
  Inputs draw_inputs();
  bool draws_whole(Inputs inputs);
  void judge(Inputs inputs, bool brief);
  /// By how much the quickest download of whole outputs right after launches took longer than the
  /// quickest repeated one, which may find them in a cache. 0 if none was repeated.
  double whole_put_off(Inputs inputs) const;
  /// Whether even the quickest of these downloads took so long that launches may be hidden in it.
  bool all_are_slow(Inputs inputs) const;
  /// Launches with replaced inputs until enough such launches were made, and a whole output of
  /// changed inputs was looked at.
  void look_at_missing(assay_mode mode);
  void judge_parts();
  /// Whether outputs that differ from the verified one may still be judged.
  bool may_judge() const;
  void fail(Inputs inputs, const std::string& where);

  Target& target_;
  Challengeable* const subject_;
  Entropy random_;
  Clock now_;
  bool looks_at_whole_ = true;
  double seconds_ = 0, launch_seconds_ = 0, whole_seconds_ = 0, judging_seconds_ = 0;
  double replacing_seconds_ = 0;
  std::optional<double> way_seconds_;
  std::uint64_t launches_ = 0;
  std::uint32_t calls_ = 0, changed_calls_ = 0, last_count_ = 0;
  std::uint32_t whole_looks_[2] = {};  ///< with the original inputs, and with others
  std::uint32_t differing_ = 0, judged_ = 0, judged_parts_ = 0;
  bool kept_ = false;  ///< an output with changed inputs is to be judged
  Inputs last_ = Inputs::original;
  std::vector<double> first_[3];  ///< by Inputs
  std::vector<double> last_of_call_;
  std::vector<double> first_undisturbed_;  ///< of calls before which nothing was overwritten
  struct Downloads {
    std::vector<double> first, again;  ///< seconds, right after launches and repeated
  };
  Downloads parts_, whole_[2];          ///< whole ones as whole_looks_
  std::vector<kernels::Check> checks_;  ///< of outputs that were judged
  std::optional<Failure> failure_;
};

}  // namespace assay::harness::measure
