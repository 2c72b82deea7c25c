#include "harness/ranks/coordinator.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <utility>

#include "harness/environment/environment.h"
#include "harness/worker/session.h"
#include "kernels/error.h"
#include "kernels/sha256.h"
#include "results/page/quantity_text.h"

namespace assay::harness::ranks {

using State = RankReport::State;

namespace {

/// Time within which a new connection must send the token; others do not belong to the job.
constexpr auto kVisit = std::chrono::seconds(10);
constexpr std::size_t kMaximumOfVisitor = 4096;

bool is_settled(const RankReport& rank) {
  return rank.state != State::expected && rank.state != State::arrived;
}

bool has_ended(const RankReport& rank) {
  return rank.state == State::done || rank.state == State::lost;
}

/// Parses a message of a rank; nullopt if the line is not a message.
std::optional<FromRank> message_of_rank(const std::string& line) {
  try {
    return worker::message_in<FromRank>(line);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Parses the first message of a new connection; nullopt if it is not a rank of this job.
std::optional<Hello> hello_in(const std::string& line, const CoordinatorOptions& options) {
  const auto message = message_of_rank(line);
  const Hello* hello = message ? std::get_if<Hello>(&*message) : nullptr;
  if (hello == nullptr || hello->token != options.token || hello->rank >= options.ranks) {
    return std::nullopt;
  }
  return *hello;
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

Coordinator::Coordinator(Listener listener, CoordinatorOptions options, CoordinatorEvents events,
                         const worker::Interrupt& interrupt)
    : listener_(std::move(listener)),
      options_(std::move(options)),
      events_(std::move(events)),
      interrupt_(interrupt),
      ranks_(options_.ranks),
      sockets_(options_.ranks),
      heard_(options_.ranks, Clock::now()) {
  for (std::uint32_t rank = 0; rank < options_.ranks; ++rank) ranks_[rank].rank = rank;
}

bool Coordinator::all(bool (*predicate)(const RankReport&)) const {
  return std::all_of(ranks_.begin(), ranks_.end(), predicate);
}

void Coordinator::turn() {
  std::vector<pollfd> watched = {{interrupt_.descriptor(), POLLIN, 0},
                                 {listener_.descriptor(), POLLIN, 0}};
  for (const worker::LineChannel& socket : sockets_)
    watched.push_back({socket.descriptor(), POLLIN, 0});
  for (const Visitor& visitor : visitors_) {
    watched.push_back({visitor.socket.descriptor(), POLLIN, 0});
  }
  poll(watched.data(), watched.size(), 500);
  interrupt_.check();
  greet();
  for (std::uint32_t rank = 0; rank < ranks_.size(); ++rank) {
    worker::LineChannel& socket = sockets_[rank];
    if (ranks_[rank].state == State::expected && events_.has_ended(rank)) {
      lose(rank, "its process ended before it connected");
    }
    if (!socket.open()) continue;
    const bool alive = socket.read_available();
    while (const auto line = socket.next_line()) take(rank, *line);
    if (!alive && ranks_[rank].state != State::lost) lose(rank, "its connection closed");
  }
  lose_silent_ranks();
  events_.tick();
}

void Coordinator::greet() {
  while (auto socket = listener_.accept()) {
    socket->limit(kMaximumOfVisitor);
    visitors_.push_back({std::move(*socket), Clock::now()});
  }
  for (Visitor& visitor : visitors_) {
    visitor.socket.read_available();
    const auto line = visitor.socket.next_line();
    if (!line) continue;
    const auto hello = hello_in(*line, options_);
    if (!hello || ranks_[hello->rank].state != State::expected) {
      visitor.socket.close();
    } else if (hello->version != environment::version_text()) {
      visitor.socket.close();
      lose(hello->rank,
           fmt::format("it runs assay {}, but rank 0 runs {}", hello->version,
                       environment::version_text()),
           "install the same version on all hosts");
    } else {
      welcome(*hello, std::move(visitor.socket));
    }
  }
  std::erase_if(visitors_, [](const Visitor& visitor) {
    return !visitor.socket.open() || Clock::now() - visitor.since > kVisit;
  });
}

void Coordinator::welcome(const Hello& hello, worker::LineChannel socket) {
  RankReport& rank = ranks_[hello.rank];
  rank.host = hello.host;
  rank.slot = hello.slot;
  rank.state = State::arrived;
  heard_[hello.rank] = Clock::now();
  sockets_[hello.rank] = std::move(socket);
  sockets_[hello.rank].limit(std::size_t{1} << 30);
  sockets_[hello.rank].send(line_of(Welcome{options_.run}));
}

void Coordinator::take(std::uint32_t number, const std::string& line) {
  RankReport& rank = ranks_[number];
  if (rank.state == State::lost) return;
  heard_[number] = Clock::now();
  const State before = rank.state;
  std::optional<results::record::Record> record;
  try {
    record = understand(rank, worker::message_in<FromRank>(line));
  } catch (const InputError&) {
    return lose(number, "it sent an invalid message");
  }
  if (record) events_.keep(*record);
  if (rank.state == before) return;
  if (rank.state == State::done) events_.ended(rank);
}

std::optional<results::record::Record> Coordinator::understand(RankReport& rank, FromRank message) {
  if (Planned* planned = std::get_if<Planned>(&message)) {
    rank.device = planned->device;
    rank.plan = plan::plan_of(planned->plan, {rank.device});
    rank.environment_json = planned->environment;
    rank.collective.insert(planned->collective.begin(), planned->collective.end());
    rank.memory_bytes = planned->memory_bytes;
    rank.state = State::planned;
  } else if (const Unable* unable = std::get_if<Unable>(&message)) {
    lose(rank.rank, unable->reason, unable->hint);
  } else if (const Begins* begins = std::get_if<Begins>(&message)) {
    rank.under_way = begins->index;
  } else if (Made* made = std::get_if<Made>(&message)) {
    rank.under_way.reset();
    ++rank.measured;
    if (made->record.status != results::record::Status::ok &&
        made->record.status != results::record::Status::unsupported) {
      ++rank.failed;
    }
    return std::move(made->record);
  } else if (std::holds_alternative<Done>(message)) {
    rank.state = State::done;
  } else {
    std::visit(
        [&](auto& body) {
          if constexpr (std::is_constructible_v<RankAnswer, decltype(std::move(body))>) {
            answers_.insert_or_assign(rank.rank, RankAnswer(std::move(body)));
          }
        },
        message);
  }
  return std::nullopt;
}

/// The measurement that the rank was making becomes a record of how the rank ended.
void Coordinator::lose(std::uint32_t number, const std::string& why, const std::string& hint) {
  RankReport& rank = ranks_[number];
  const State before = rank.state;
  rank.state = State::lost;
  const std::string ending = events_.ending(number);
  rank.lost = ending.empty() ? why : fmt::format("{}: {}", why, ending);
  rank.hint = hint;
  sockets_[number].close();
  if (before == State::measuring && rank.under_way && *rank.under_way < rank.plan.entries.size()) {
    worker::SessionOptions session;
    session.run = options_.run;
    session.environment = sha256(rank.environment_json);
    measure::Measurement none;
    none.status = results::record::Status::crashed;
    none.reason = fmt::format("{} was lost: {}", name(rank), rank.lost);
    ++rank.failed;
    events_.keep(worker::record_of(
        blank_record(rank.plan.entries[*rank.under_way], rank.device, session), none));
  }
  events_.ended(rank);
}

void Coordinator::lose_silent_ranks() {
  for (std::uint32_t rank = 0; rank < ranks_.size(); ++rank) {
    if (ranks_[rank].state != State::measuring) continue;
    const double silent = std::chrono::duration<double>(Clock::now() - heard_[rank]).count();
    if (silent <= options_.silence_seconds) continue;
    lose(rank, fmt::format("it sent nothing for {}", results::page::duration_text(silent)));
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
}

void Coordinator::give_turns() {
  const auto measuring = [](const RankReport& rank) { return rank.state == State::measuring; };
  auto busy = static_cast<std::uint32_t>(std::count_if(ranks_.begin(), ranks_.end(), measuring));
  const std::uint32_t most = options_.simultaneous == 0 ? options_.ranks : options_.simultaneous;
  for (RankReport& rank : ranks_) {
    if (rank.state != State::planned || busy >= most) continue;
    rank.state = State::measuring;
    heard_[rank.rank] = Clock::now();
    sockets_[rank.rank].send(line_of(Go()));
    ++busy;
  }
}

void Coordinator::measure() {
  while (!all(has_ended)) {
    give_turns();
    turn();
  }
}

void Coordinator::send(std::uint32_t rank, const Order& order, const DeviceRequest& request) {
  sockets_[rank].send(line_of(order) + "\n" + line_of(request));
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
  for (worker::LineChannel& socket : sockets_) {
    if (socket.open()) socket.send(line_of(End()));
    socket.close();
  }
}

}  // namespace assay::harness::ranks
