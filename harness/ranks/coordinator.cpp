#include "harness/ranks/coordinator.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/environment/environment.h"
#include "harness/measure/foreign_text.h"
#include "harness/worker/session.h"
#include "kernels/error.h"
#include "kernels/sha256.h"
#include "results/page/quantity_text.h"

namespace assay::harness::ranks {

using State = RankReport::State;

namespace {

bool is_settled(const RankReport& rank) {
  return rank.state != State::expected && rank.state != State::arrived;
}

bool has_ended(const RankReport& rank) {
  return rank.state == State::done || rank.state == State::lost;
}

std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMaximumNames = 8;
  std::string out;
  for (std::size_t i = 0; i < std::min(kMaximumNames, names.size()); ++i) {
    out += (i == 0 ? "" : "; ") + names[i];
  }
  if (names.size() > kMaximumNames)
    out += fmt::format("; and {} more", names.size() - kMaximumNames);
  return out;
}

}  // namespace

std::string name(const RankReport& rank) {
  return rank.host.empty() ? fmt::format("rank {}", rank.rank)
                           : fmt::format("rank {} ({}, slot {})", rank.rank, rank.host, rank.slot);
}

Coordinator::Coordinator(Hub hub, CoordinatorOptions options, CoordinatorEvents events,
                         const worker::Interrupt& interrupt)
    : hub_(std::move(hub)),
      options_(std::move(options)),
      events_(std::move(events)),
      interrupt_(interrupt),
      ranks_(options_.ranks),
      peers_(options_.ranks),
      heard_(options_.ranks, Clock::now()),
      keeper_(events_.store) {
  for (std::uint32_t rank = 0; rank < options_.ranks; ++rank) ranks_[rank].rank = rank;
}

bool Coordinator::all(bool (*predicate)(const RankReport&)) const {
  return std::all_of(ranks_.begin(), ranks_.end(), predicate);
}

void Coordinator::turn() {
  constexpr long kWaitMilliseconds = 500;
  try {
    hub_.wait(interrupt_, kWaitMilliseconds);
  } catch (...) {
    settle_all();
    throw;
  }
  // Only when nothing is left to read can a rank be missed.
  if (take_messages()) {
    lose_ended_ranks();
    lose_silent_ranks();
  }
  settle();
  events_.tick();
}

bool Coordinator::take_messages() {
  constexpr auto kLongest = std::chrono::milliseconds(250);
  constexpr std::size_t kMostRecords = 2000;
  const auto begin = Clock::now();
  while (auto message = hub_.receive()) {
    take(*message);
    if (came_.records.size() >= kMostRecords || Clock::now() - begin > kLongest) return false;
  }
  return true;
}

void Coordinator::refuse(const std::string& sender, std::size_t& times, const std::string& why) {
  constexpr std::size_t kTold = 3;
  if (++times > kTold) return;
  events_.note(fmt::format("{}: a message was not taken: {}{}", sender, measure::foreign_line(why),
                           times == kTold ? " (more such messages are not reported)" : ""));
}

void Coordinator::take(const Hub::Message& message) {
  const auto known = rank_of_.find(message.peer);
  if (known == rank_of_.end()) return greet(message);
  RankReport& rank = ranks_[known->second];
  if (rank.state == State::lost) return;
  heard_[rank.rank] = Clock::now();
  try {
    if (message.bytes != message.text.size()) {
      throw InputError(fmt::format("its {} MiB are too long", message.bytes >> 20));
    }
    understand(rank, worker::message_in<FromRank>(message.text));
  } catch (const std::exception& error) {
    // The rank had only this message to send, and without it has nothing to do.
    if (rank.state == State::arrived) return lose(rank.rank, "it sent an invalid message");
    refuse(name(rank), rank.refused, error.what());
  }
}

/// The first message of a connection.
void Coordinator::greet(const Hub::Message& message) {
  std::string why = "it did not introduce itself", hint;
  try {
    const auto parsed = worker::message_in<FromRank>(message.text);
    if (const Hello* hello = std::get_if<Hello>(&parsed)) {
      const bool is_rank = hello->rank < options_.ranks;
      if (!is_rank) {
        why = fmt::format("there are only {} ranks", options_.ranks);
      } else if (ranks_[hello->rank].state != State::expected) {
        why = fmt::format("rank {} has already connected or is lost", hello->rank);
      } else if (hello->version != environment::version_text()) {
        why = fmt::format("it runs assay {}, but rank 0 runs {}",
                          measure::foreign_line(hello->version), environment::version_text());
        hint = "install the same version on all hosts";
        lose(hello->rank, why, hint);
      } else {
        RankReport& rank = ranks_[hello->rank];
        rank.host = measure::foreign_line(hello->host);
        rank.slot = hello->slot;
        rank.state = State::arrived;
        heard_[rank.rank] = Clock::now();
        peers_[rank.rank] = message.peer;
        rank_of_.emplace(message.peer, rank.rank);
        return send(rank.rank, line_of(Welcome{options_.run}));
      }
    }
  } catch (const std::exception& error) {
    why = error.what();
  }
  hub_.send(message.peer, line_of(ToRank(Refused{why, hint})));
  refuse("a process with this job's secret", strange_, why);
}

void Coordinator::understand(RankReport& rank, Planned planned) {
  if (rank.state != State::arrived) throw InputError("a second plan");
  rank.plan = plan::plan_of(planned.plan, {planned.device});
  rank.device = std::move(planned.device);
  rank.environment_json = std::move(planned.environment);
  rank.collective.insert(planned.collective.begin(), planned.collective.end());
  rank.memory_bytes = planned.memory_bytes;
  rank.state = State::planned;
}

void Coordinator::understand(RankReport& rank, Made made) {
  results::record::Record& record = made.record;
  if (rank.state != State::measuring) throw InputError("a record before or after its turn");
  if (record.run != options_.run) {
    throw InputError(fmt::format("a record of run {:.40}", record.run));
  }
  if (!record.environment.empty() && record.environment != sha256(rank.environment_json)) {
    throw InputError("a record from another environment than the one that the rank described");
  }
  if (!ids_.insert(record.id).second) throw InputError("a second record with the same id");
  rank.under_way.reset();
  ++rank.measured;
  if (record.status != results::record::Status::ok &&
      record.status != results::record::Status::unsupported) {
    ++rank.failed;
  }
  came_.records.push_back(std::move(record));
}

void Coordinator::understand(RankReport& rank, FromRank message) {
  if (Planned* planned = std::get_if<Planned>(&message)) {
    understand(rank, std::move(*planned));
  } else if (Made* made = std::get_if<Made>(&message)) {
    understand(rank, std::move(*made));
  } else if (const Unable* unable = std::get_if<Unable>(&message)) {
    lose(rank.rank, measure::foreign_line(unable->reason), measure::foreign_line(unable->hint));
  } else if (std::holds_alternative<Hello>(message)) {
    throw InputError("a second introduction");
  } else if (const Begins* begins = std::get_if<Begins>(&message)) {
    if (rank.state == State::measuring) rank.under_way = begins->index;
  } else if (std::holds_alternative<Done>(message)) {
    if (rank.state != State::measuring) throw InputError("an end of measuring before its turn");
    rank.state = State::done;
    came_.ended.push_back(rank.rank);
  } else {
    std::visit(
        [&](auto& body) {
          if constexpr (std::is_constructible_v<RankAnswer, decltype(std::move(body))>) {
            answers_.insert_or_assign(rank.rank, RankAnswer(std::move(body)));
          }
        },
        message);
  }
}

void Coordinator::settle() {
  if (!came_.records.empty() || !came_.ended.empty()) keeper_.put(std::exchange(came_, {}));
  for (const RecordKeeper::Batch& batch : keeper_.take()) {
    if (!batch.records.empty()) events_.kept(batch.records, batch.known);
    for (const std::uint32_t rank : batch.ended) events_.ended(ranks_[rank]);
  }
}

void Coordinator::settle_all() {
  settle();
  keeper_.finish();
  settle();
}

/// The measurement that the rank was making becomes a record of how the rank ended.
void Coordinator::lose(std::uint32_t number, const std::string& why, const std::string& hint) {
  RankReport& rank = ranks_[number];
  const State before = rank.state;
  rank.state = State::lost;
  const std::string ending = events_.ending(number);
  rank.lost = ending.empty() ? why : fmt::format("{}: {}", why, ending);
  rank.hint = hint;
  send(number, line_of(ToRank(Refused{rank.lost, hint})));
  if (before == State::measuring && rank.under_way && *rank.under_way < rank.plan.entries.size()) {
    worker::SessionOptions session;
    session.run = options_.run;
    session.environment = sha256(rank.environment_json);
    measure::Measurement none;
    none.status = results::record::Status::crashed;
    none.reason = fmt::format("{} was lost: {}", name(rank), rank.lost);
    ++rank.failed;
    came_.records.push_back(worker::record_of(
        blank_record(rank.plan.entries[*rank.under_way], rank.device, session), none));
  }
  came_.ended.push_back(number);
}

void Coordinator::lose_ended_ranks() {
  for (RankReport& rank : ranks_) {
    if (rank.state == State::expected && events_.has_ended(rank.rank)) {
      lose(rank.rank, "its process ended before it connected");
    }
  }
  for (const Peer& peer : hub_.take_closed()) {
    const auto known = rank_of_.find(peer);
    if (known == rank_of_.end()) continue;
    const std::uint32_t rank = known->second;
    rank_of_.erase(known);
    peers_[rank].clear();
    if (ranks_[rank].state != State::lost) lose(rank, "its connection closed");
  }
}

/// This process may be the one that was slow or stood still. So a rank counts as silent only when a
/// message that rank 0 sends to itself now has come back, and nothing of the rank before it.
void Coordinator::lose_silent_ranks() {
  const auto silent_at = [&](Clock::time_point now, std::uint32_t rank) {
    const std::chrono::duration<double> silence = now - heard_[rank];
    return ranks_[rank].state == State::measuring && silence.count() > options_.silence_seconds;
  };
  const auto now = Clock::now();
  if (echo_sent_ && !hub_.echo_has_returned()) return;
  for (std::uint32_t rank = 0; rank < ranks_.size() && echo_sent_; ++rank) {
    if (!silent_at(*echo_sent_, rank)) continue;
    const double seconds = std::chrono::duration<double>(now - heard_[rank]).count();
    lose(rank, fmt::format("it sent nothing for {}", results::page::duration_text(seconds)));
  }
  echo_sent_.reset();
  for (std::uint32_t rank = 0; rank < ranks_.size() && !echo_sent_; ++rank) {
    if (!silent_at(now, rank)) continue;
    echo_sent_ = now;
    hub_.send_echo();
  }
}

void Coordinator::gather() {
  const auto deadline = Clock::now() + std::chrono::duration<double>(options_.gather_seconds);
  while (!all(is_settled) && Clock::now() < deadline) turn();
  for (const RankReport& rank : ranks_) {
    if (rank.state == State::expected) {
      lose(rank.rank,
           fmt::format("it did not connect within {}",
                       results::page::duration_text(options_.gather_seconds)),
           "wait longer with --gather 5m, or name a place that all ranks can reach with "
           "--rendezvous");
    } else if (rank.state == State::arrived) {
      lose(rank.rank, fmt::format("it was not ready within {}",
                                  results::page::duration_text(options_.gather_seconds)));
    }
  }
  settle_all();
}

void Coordinator::give_turns() {
  const auto measuring = [](const RankReport& rank) { return rank.state == State::measuring; };
  auto busy = static_cast<std::uint32_t>(std::count_if(ranks_.begin(), ranks_.end(), measuring));
  const std::uint32_t most = options_.simultaneous == 0 ? options_.ranks : options_.simultaneous;
  for (RankReport& rank : ranks_) {
    if (rank.state != State::planned || busy >= most) continue;
    rank.state = State::measuring;
    heard_[rank.rank] = Clock::now();
    send(rank.rank, line_of(Go()));
    ++busy;
  }
}

void Coordinator::measure() {
  while (!all(has_ended)) {
    give_turns();
    turn();
  }
  settle_all();
}

/// If the connection has closed, the next turn loses the rank.
void Coordinator::send(std::uint32_t rank, const std::string& text) {
  if (!peers_[rank].empty()) hub_.send(peers_[rank], text);
}

void Coordinator::send(std::uint32_t rank, const Order& order, const DeviceRequest& request) {
  send(rank, line_of(order));
  send(rank, line_of(request));
}

std::map<std::uint32_t, RankAnswer> Coordinator::ask_all(
    const std::function<DeviceRequest(std::uint32_t rank)>& request, const Order& order,
    double timeout_seconds) {
  answers_.clear();
  std::set<std::uint32_t> asked;
  for (const RankReport& rank : ranks_) {
    if (rank.state == State::lost) continue;
    asked.insert(rank.rank);
    send(rank.rank, order, request(rank.rank));
  }
  const auto deadline = Clock::now() + std::chrono::duration<double>(timeout_seconds);
  const auto waiting = [&](std::uint32_t rank) {
    return ranks_[rank].state != State::lost && !answers_.contains(rank);
  };
  while (std::any_of(asked.begin(), asked.end(), waiting) && Clock::now() < deadline) turn();
  std::vector<std::string> failures;
  for (const std::uint32_t rank : asked) {
    if (waiting(rank)) {
      lose(rank, fmt::format("it did not answer within {}",
                             results::page::duration_text(timeout_seconds)));
    }
    if (ranks_[rank].state == State::lost) {
      failures.push_back(fmt::format("{} was lost: {}", name(ranks_[rank]), ranks_[rank].lost));
    } else if (const auto* failure = std::get_if<worker::Failed>(&answers_.at(rank))) {
      failures.push_back(fmt::format("{}: {}", name(ranks_[rank]), failure->reason));
    }
  }
  settle_all();
  if (!failures.empty()) throw Error(list_of(failures));
  return std::exchange(answers_, {});
}

RankAnswer Coordinator::ask(std::uint32_t rank, const DeviceRequest& request, const Order& order,
                            double timeout_seconds) {
  answers_.clear();
  send(rank, order, request);
  const auto deadline = Clock::now() + std::chrono::duration<double>(timeout_seconds);
  while (!answers_.contains(rank) && ranks_[rank].state != State::lost && Clock::now() < deadline) {
    turn();
  }
  settle_all();
  const auto found = answers_.find(rank);
  if (found == answers_.end()) {
    throw Error(fmt::format("{}: no answer", name(ranks_[rank])));
  }
  if (const auto* failure = std::get_if<worker::Failed>(&found->second)) {
    throw Error(fmt::format("{}: {}", name(ranks_[rank]), failure->reason));
  }
  return std::move(found->second);
}

void Coordinator::end() {
  for (const RankReport& rank : ranks_) {
    if (rank.state != State::lost) send(rank.rank, line_of(End()));
  }
}

}  // namespace assay::harness::ranks
