#include "harness/measure/challenge.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/checking.h"

namespace assay::harness::measure {
namespace {

using kernels::Outcome;
using results::record::Status;

/// So many calls are challenged however long that takes, and others while all of it has taken less
/// than this share of the launches' time, cache flushes included.
constexpr std::uint32_t kSureCalls = 20;
constexpr double kShare = 0.06;
/// Whole outputs are looked at while that has taken less than this share of the launches' time,
/// cache flushes included.
constexpr double kWholeShare = 0.03;
/// Longer launches are so few that whole looks must not wait for chance.
constexpr double kLongLaunch = 0.05;
/// Looks at whole outputs that are made however long they take, by Inputs.
constexpr std::uint32_t kLeastWhole[] = {1, 1};
/// So many downloads of whole outputs are repeated, and all that take less than this.
constexpr std::size_t kLeastDownloads = 2;
constexpr double kShortDownload = 2e-3;
/// The first download of a large output may take this much longer than the second one, which finds
/// it in a cache.
constexpr double kDownloadsDiffer = 3;
/// While all downloads seem to have done work of so many seconds, more are made.
constexpr double kPutOff = 50e-6;
constexpr int kMoreDownloads = 6;
/// The same while all of whole outputs were slower than this: other work may have delayed all,
/// where there were few. Downloads that are always slow are not repeated for longer than a moment.
constexpr double kSlowDownload = 1e-3, kSlowRate = 1e9, kLongDownloads = 0.05;
/// Outputs whose bits differ between launches are judged this often, and more often while that has
/// taken less than this share of the launches' time.
constexpr std::uint32_t kSureJudgements = 2;
constexpr double kDifferingShare = 0.03;
/// One call in so many is not challenged, to show what the first launch of any call takes.
constexpr std::uint64_t kUndisturbed = 4;

/// All inputs are replaced before so many calls, as long as that takes less than a share of the
/// launches' time, and before two calls however long it takes.
constexpr std::size_t kReplaced = 8, kLeastReplaced = 2;
constexpr double kReplacingShare = 0.04;
/// More calls than these make up for no challenge that was not drawn.
constexpr int kMostMadeUp = 4;
/// Parts of outputs with other inputs are judged afterwards for this share of the launches' time.
constexpr double kPartsShare = 0.02;

/// Of what is kept apart for the original inputs and for all others.
std::size_t index(Inputs inputs) {
  return inputs == Inputs::original ? 0 : 1;
}

const char* text(Inputs inputs) {
  return inputs == Inputs::original ? "the first inputs" : "changed inputs";
}

/// Lengths of the calls for `count` launches: half of the time a single launch by itself.
std::vector<std::uint32_t> call_lengths(std::uint32_t count, const Entropy& random) {
  const std::uint64_t kind = random() % 4;
  if (count < 2 || kind == 0) return {count};
  const std::uint32_t first = kind < 3 ? 1 : 1 + static_cast<std::uint32_t>(random() % (count - 1));
  return kind == 1 ? std::vector{count - first, first} : std::vector{first, count - first};
}

std::optional<double> lower_quartile(std::vector<double> seconds) {
  if (seconds.size() < results::record::kLeastCalls) return std::nullopt;
  const auto quarter = seconds.begin() + std::ssize(seconds) / 4;
  std::ranges::nth_element(seconds, quarter);
  return *quarter;
}

/// The least of fewer times, if there are two.
std::optional<double> quick(const std::vector<double>& seconds) {
  if (seconds.size() >= results::record::kLeastCalls || seconds.size() < kLeastReplaced) {
    return lower_quartile(seconds);
  }
  return std::ranges::min(seconds);
}

}  // namespace

Challenges::Challenges(Target& target, Entropy random, Clock now)
    : target_(target),
      subject_(target.challengeable()),
      random_(std::move(random)),
      now_(std::move(now)) {}

std::vector<assay_launch> Challenges::launch(std::uint32_t count, assay_mode mode) {
  if (subject_ == nullptr || failure_) return target_.launch(count, mode);
  if (calls_ >= kSureCalls && seconds_ > kShare * launch_seconds_) {
    return timed(count, mode);
  }
  std::vector<assay_launch> all;
  for (const std::uint32_t length : call_lengths(count, random_)) {
    if (!failure_ && random_() % kUndisturbed == 0) {
      const auto launches = timed(length, mode);
      if (!launches.empty()) first_undisturbed_.push_back(launches.front().device_seconds);
      all.insert(all.end(), launches.begin(), launches.end());
      continue;
    }
    const Inputs inputs = draw_inputs();
    const auto launches = call(inputs, length, mode);
    all.insert(all.end(), launches.begin(), launches.end());
    const double begin = now_();
    if (!failure_) look(inputs, draws_whole(inputs));
    seconds_ += now_() - begin;
  }
  return all;
}

Inputs Challenges::draw_inputs() {
  if (!subject_->inputs_may_change() || random_() % 2 == 0) return Inputs::original;
  const std::size_t replaced = first_[static_cast<std::size_t>(Inputs::replaced)].size();
  const bool affordable = replacing_seconds_ <= kReplacingShare * launch_seconds_;
  const bool replace = replaced < kLeastReplaced || (affordable && replaced < kReplaced);
  return replace && random_() % 2 == 0 ? Inputs::replaced : Inputs::changed;
}

std::vector<assay_launch> Challenges::call(Inputs inputs, std::uint32_t count, assay_mode mode) {
  const double begin = now_();
  if (!failure_) subject_->disturb(inputs, random_);
  const double seconds = now_() - begin;
  seconds_ += seconds;
  if (inputs == Inputs::replaced || last_ == Inputs::replaced) replacing_seconds_ += seconds;
  auto launches = timed(count, mode);
  last_ = inputs;
  last_count_ = count;
  ++calls_;
  changed_calls_ += inputs != Inputs::original ? 1 : 0;
  if (launches.empty()) return launches;
  first_[static_cast<std::size_t>(inputs)].push_back(launches.front().device_seconds);
  last_of_call_.push_back(launches.back().device_seconds);
  return launches;
}

std::vector<assay_launch> Challenges::timed(std::uint32_t count, assay_mode mode) {
  const double begin = now_();
  auto launches = target_.launch(count, mode);
  launch_seconds_ += now_() - begin;
  launches_ += count;
  return launches;
}

bool Challenges::draws_whole(Inputs inputs) {
  if (!looks_at_whole_) return false;
  // Of few launches each is looked at, as long as that takes a small share of their time.
  const bool few = launch_seconds_ > kLongLaunch * static_cast<double>(launches_);
  if (few && whole_seconds_ <= kWholeShare * launch_seconds_) return true;
  if (whole_looks_[index(inputs)] < kLeastWhole[index(inputs)]) return random_() % 2 == 0;
  return whole_seconds_ <= kWholeShare * launch_seconds_;
}

void Challenges::look(Inputs inputs, bool whole) {
  const Seen seen = subject_->look_at_parts();
  parts_.first.push_back(seen.first_seconds);
  parts_.again.push_back(seen.again_seconds);
  if (!seen.wrong.empty()) return fail(inputs, seen.wrong);
  const bool differs = inputs == Inputs::original && !seen.as_verified;
  // Only what can be judged is taken, since later outputs are compared with it.
  if (inputs == Inputs::original && (differs || differing_ > 0) && !may_judge()) return;
  if (whole || differs) look_at_whole(inputs);
}

bool Challenges::may_judge() const {
  return differing_ < kSureJudgements || judging_seconds_ <= kDifferingShare * launch_seconds_;
}

void Challenges::look_at_whole(Inputs inputs) {
  const double begin = now_();
  Downloads& whole = whole_[index(inputs)];
  const bool again = whole.again.size() < kLeastDownloads || whole.first.back() < kShortDownload ||
                     whole_put_off(inputs) > kPutOff;
  const Seen seen = subject_->look_at_whole(again);
  whole_seconds_ += now_() - begin;
  ++whole_looks_[index(inputs)];
  whole.first.push_back(seen.first_seconds);
  if (again) whole.again.push_back(seen.again_seconds);
  if (!seen.wrong.empty()) return fail(inputs, seen.wrong);
  if (inputs != Inputs::original) {
    if (seen.as_verified) return fail(inputs, "the output is that of the inputs before the change");
    kept_ = true;
    return;
  }
  if (seen.as_verified) return;
  judge(inputs, differing_++ >= kSureJudgements);
}

double Challenges::whole_put_off(Inputs inputs) const {
  const Downloads& whole = whole_[index(inputs)];
  if (whole.again.empty()) return 0;
  const double longer =
      std::ranges::min(whole.first) - kDownloadsDiffer * std::ranges::min(whole.again);
  return std::max(0.0, longer);
}

bool Challenges::all_are_slow(Inputs inputs) const {
  const Downloads& whole = whole_[index(inputs)];
  if (whole.first.empty()) return false;
  const double transfer = static_cast<double>(subject_->whole_bytes()) / kSlowRate;
  return std::ranges::min(whole.first) > kSlowDownload + transfer;
}

void Challenges::judge(Inputs inputs, bool brief) {
  const double begin = now_();
  const kernels::Check check = subject_->judge(inputs, brief);
  judging_seconds_ += now_() - begin;
  ++judged_;
  if (check.outcome == Outcome::wrong) {
    fail(inputs, check.where);
    failure_->check = check;
  } else {
    checks_.push_back(check);
  }
}

void Challenges::fail(Inputs inputs, const std::string& where) {
  Failure failure;
  failure.where =
      fmt::format("of launch {} since sampling began, the last of a call of {} with {}: {}",
                  launches_, last_count_, text(inputs), where);
  failure.check.outcome = Outcome::wrong;
  failure.check.where = where;
  failure_ = std::move(failure);
}

void Challenges::look_at_missing(assay_mode mode) {
  if (!subject_->inputs_may_change()) return;
  const std::size_t other = index(Inputs::replaced);
  const auto& replaced = first_[static_cast<std::size_t>(Inputs::replaced)];
  const auto missing = [&] {
    return whole_looks_[other] < kLeastWhole[other] || replaced.size() < kLeastReplaced;
  };
  for (int made = 0; !failure_ && missing() && made < kMostMadeUp; ++made) {
    call(Inputs::replaced, 1, mode);
    look(Inputs::replaced,
         whole_looks_[other] < kLeastWhole[other] || draws_whole(Inputs::replaced));
  }
}

void Challenges::judge_parts() {
  const kernels::Check check = subject_->judge_parts(kPartsShare * launch_seconds_, judged_parts_);
  if (check.outcome == Outcome::wrong) {
    failure_ = Failure{"of a call with changed inputs: " + check.where, check};
  } else {
    checks_.push_back(check);
  }
}

void Challenges::make_up(assay_mode mode) {
  if (subject_ == nullptr || failure_) return;
  look_at_missing(mode);
  if (failure_) return;
  subject_->disturb(Inputs::original, random_);
  last_ = Inputs::original;
}

void Challenges::finish(assay_mode mode, double judging_seconds, double allowed_seconds,
                        Measurement& out) {
  if (subject_ == nullptr) return;
  const double begin = now_();
  look_at_missing(mode);
  // Other work on the machine may have delayed two downloads, hardly all of them.
  for (const Inputs inputs : {Inputs::original, Inputs::changed}) {
    const auto delayed = [&] {
      return whole_put_off(inputs) > kPutOff ||
             (all_are_slow(inputs) && now_() - begin < kLongDownloads);
    };
    for (int i = 0; i < kMoreDownloads && !failure_ && delayed(); ++i) {
      call(inputs, 1, mode);
      look(inputs, true);
    }
  }
  if (!failure_ && kept_) judge(Inputs::changed, judging_seconds > allowed_seconds);
  if (!failure_) judge_parts();
  if (!failure_ && last_ != Inputs::original) {
    call(Inputs::original, 1, mode);
    look(Inputs::original, false);
  }
  for (const kernels::Check& check : checks_) {
    const std::uint64_t seed = check.seed;
    out.check = worst(out.check, check);
    if (out.check.outcome == check.outcome && seed != 0) out.check.seed = seed;
  }
  if (differing_ > 0) {
    out.notes.push_back({results::record::NoteKind::bits_differ,
                         "output bits differ between launches, all within the error bound",
                         {}});
  }
  results::record::Challenges& found = out.challenges;
  found.calls = calls_;
  found.changed_calls = changed_calls_;
  found.whole_looks = whole_looks_[0] + whole_looks_[1];
  found.judged = judged_;
  found.judged_parts = judged_parts_;
  found.first_seconds = lower_quartile(first_[0]);
  found.first_changed_seconds = lower_quartile(first_[1]);
  found.replaced_calls = static_cast<std::uint32_t>(first_[2].size());
  found.first_replaced_seconds = quick(first_[2]);
  found.first_undisturbed_seconds = lower_quartile(first_undisturbed_);
  found.last_seconds = lower_quartile(last_of_call_);
  // Other work delays either download; hardly ever all of one kind.
  const auto first = lower_quartile(parts_.first), again = lower_quartile(parts_.again);
  if (first && again) found.put_off_seconds = *first - *again;
  found.parts_seconds = first;
  found.way_seconds = way_seconds_;
  if (whole_[0].again.size() + whole_[1].again.size() >= kLeastDownloads) {
    found.whole_put_off_seconds =
        std::max(whole_put_off(Inputs::original), whole_put_off(Inputs::changed));
    found.whole_bytes = subject_->whole_bytes();
    found.whole_seconds = 0;
    for (const Downloads& one : whole_) {
      if (one.first.empty()) continue;
      found.whole_seconds = std::max(*found.whole_seconds, std::ranges::min(one.first));
    }
  }
  if (failure_) {
    out.status = Status::wrong;
    out.reason = "wrong result " + failure_->where;
    out.check = failure_->check;
  }
  seconds_ += now_() - begin;
}

}  // namespace assay::harness::measure
