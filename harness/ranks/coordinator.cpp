#include "harness/ranks/coordinator.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <utility>

#include "harness/environment/environment.h"
#include "harness/ranks/messages.h"
#include "harness/terminal/quantities.h"
#include "harness/worker/protocol.h"
#include "harness/worker/session.h"
#include "kernels/error.h"
#include "kernels/sha256.h"

namespace assay::harness::ranks {

using nlohmann::ordered_json;
using results::record::Record;
using State = RankReport::State;

namespace {

/// Who connects and has not said the token by then is none of ours.
constexpr auto kVisit = std::chrono::seconds(10);
constexpr std::size_t kMostOfVisitor = 4096;

bool is_settled(const RankReport& rank) {
  return rank.state != State::expected && rank.state != State::arrived;
}

bool has_ended(const RankReport& rank) {
  return rank.state == State::done || rank.state == State::lost;
}

/// What a visitor says first; none where it is no rank of this job.
std::optional<Hello> hello_in(const std::string& line, const CoordinatorOptions& options) {
  const auto message = message_in(line);
  if (!message || message->at("kind") != "hello") return std::nullopt;
  try {
    if (message->at("token") != options.token) return std::nullopt;
    Hello out{message->at("rank"), message->at("slot"), message->at("host"),
              message->at("version")};
    return out.rank < options.ranks ? std::optional(std::move(out)) : std::nullopt;
  } catch (const ordered_json::exception&) {
    return std::nullopt;
  }
}

std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 8;
  std::string out;
  for (std::size_t i = 0; i < std::min(kMost, names.size()); ++i) {
    out += (i == 0 ? "" : "; ") + names[i];
  }
  if (names.size() > kMost) out += fmt::format("; and {} more", names.size() - kMost);
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
  for (const LineSocket& socket : sockets_) watched.push_back({socket.descriptor(), POLLIN, 0});
  for (const Visitor& visitor : visitors_) {
    watched.push_back({visitor.socket.descriptor(), POLLIN, 0});
  }
  poll(watched.data(), watched.size(), 500);
  interrupt_.check();
  greet();
  for (std::uint32_t rank = 0; rank < ranks_.size(); ++rank) {
    LineSocket& socket = sockets_[rank];
    if (!socket.open()) continue;
    const bool alive = socket.read_available();
    while (const auto line = socket.next_line()) take(rank, *line);
    if (!alive && ranks_[rank].state != State::lost) lose(rank, "its connection closed");
  }
  lose_the_silent();
  events_.tick();
}

void Coordinator::greet() {
  while (auto socket = listener_.accept()) {
    socket->limit(kMostOfVisitor);
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
           fmt::format("it runs assay {}, rank 0 {}", hello->version, environment::version_text()),
           "install one version on all hosts");
    } else {
      welcome(*hello, std::move(visitor.socket));
    }
  }
  std::erase_if(visitors_, [](const Visitor& visitor) {
    return !visitor.socket.open() || Clock::now() - visitor.since > kVisit;
  });
}

void Coordinator::welcome(const Hello& hello, LineSocket socket) {
  RankReport& rank = ranks_[hello.rank];
  rank.host = hello.host;
  rank.slot = hello.slot;
  rank.state = State::arrived;
  heard_[hello.rank] = Clock::now();
  sockets_[hello.rank] = std::move(socket);
  sockets_[hello.rank].limit(std::size_t{1} << 30);
  sockets_[hello.rank].send(line_of({{"kind", "welcome"}, {"run", options_.run}}));
}

void Coordinator::take(std::uint32_t number, const std::string& line) {
  RankReport& rank = ranks_[number];
  if (rank.state == State::lost) return;
  heard_[number] = Clock::now();
  const State before = rank.state;
  std::optional<results::record::Record> record;
  try {
    record = understand(rank, message_in(line).value_or(ordered_json::object()));
  } catch (const ordered_json::exception&) {
    return lose(number, "what it said cannot be understood");
  } catch (const InputError&) {
    return lose(number, "what it said cannot be understood");
  }
  if (record) events_.keep(*record);
  if (rank.state == before) return;
  if (rank.state == State::done) events_.ended(rank);
}

std::optional<results::record::Record> Coordinator::understand(RankReport& rank,
                                                               const ordered_json& message) {
  const std::string kind = message.at("kind");
  if (kind == "planned") {
    rank.device = worker::device_from_json(message.at("device"));
    rank.plan = plan::plan_from_json(message.at("plan").get<std::string>(), {rank.device});
    rank.environment_json = message.at("environment");
    for (const auto& module : message.at("collective")) rank.collective.insert(module);
    rank.memory_bytes = message.at("memory");
    rank.state = State::planned;
  } else if (kind == "failed") {
    lose(rank.rank, message.at("reason"), message.at("mend"));
  } else if (kind == "begins") {
    rank.under_way = message.at("index").get<std::size_t>();
  } else if (kind == "record") {
    results::record::Record record =
        results::record::record_from_json(message.at("record").get<std::string>());
    rank.under_way.reset();
    ++rank.measured;
    if (record.status != results::record::Status::ok &&
        record.status != results::record::Status::unsupported) {
      ++rank.failed;
    }
    return record;
  } else if (kind == "done") {
    rank.state = State::done;
  } else if (kind == "answer") {
    answers_[rank.rank] = message;
  }
  return std::nullopt;
}

/// What the rank was measuring is kept as a record of how it ended.
void Coordinator::lose(std::uint32_t number, const std::string& why, const std::string& mend) {
  RankReport& rank = ranks_[number];
  const State before = rank.state;
  rank.state = State::lost;
  const std::string obituary = events_.obituary(number);
  rank.lost = obituary.empty() ? why : fmt::format("{}: {}", why, obituary);
  rank.mend = mend;
  sockets_[number].close();
  if (before == State::measuring && rank.under_way && *rank.under_way < rank.plan.entries.size()) {
    worker::SessionOptions session;
    session.run = options_.run;
    results::record::Record record =
        blank_record(rank.plan.entries[*rank.under_way], rank.device, session);
    record.environment = sha256(rank.environment_json);
    record.status = results::record::Status::crashed;
    record.reason = fmt::format("{} was lost: {}", name(rank), rank.lost);
    ++rank.failed;
    events_.keep(record);
  }
  events_.ended(rank);
}

void Coordinator::lose_the_silent() {
  for (std::uint32_t rank = 0; rank < ranks_.size(); ++rank) {
    if (ranks_[rank].state != State::measuring) continue;
    const double silent = std::chrono::duration<double>(Clock::now() - heard_[rank]).count();
    if (silent <= options_.silence_seconds) continue;
    lose(rank, fmt::format("nothing was heard of it for {}", terminal::duration_text(silent)));
  }
}

void Coordinator::gather() {
  const auto deadline = Clock::now() + std::chrono::duration<double>(options_.gather_seconds);
  while (!all(is_settled) && Clock::now() < deadline) turn();
  for (const RankReport& rank : ranks_) {
    if (rank.state == State::expected) {
      lose(rank.rank,
           fmt::format("it did not come within {}",
                       terminal::duration_text(options_.gather_seconds)),
           "`--gather 5m` waits longer; --rendezvous names a place that all ranks reach");
    } else if (rank.state == State::arrived) {
      lose(rank.rank, fmt::format("it was not ready within {}",
                                  terminal::duration_text(options_.gather_seconds)));
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
    sockets_[rank.rank].send(line_of({{"kind", "go"}}));
    ++busy;
  }
}

void Coordinator::measure() {
  while (!all(has_ended)) {
    give_turns();
    turn();
  }
}

std::map<std::uint32_t, ordered_json> Coordinator::ask_all(
    const std::function<ordered_json(std::uint32_t rank)>& order, double timeout_seconds) {
  answers_.clear();
  std::set<std::uint32_t> asked;
  for (const RankReport& rank : ranks_) {
    if (rank.state == State::lost) continue;
    asked.insert(rank.rank);
    sockets_[rank.rank].send(line_of(order(rank.rank)));
  }
  const auto deadline = Clock::now() + std::chrono::duration<double>(timeout_seconds);
  const auto waiting = [&](std::uint32_t rank) {
    return ranks_[rank].state != State::lost && !answers_.contains(rank);
  };
  while (std::any_of(asked.begin(), asked.end(), waiting) && Clock::now() < deadline) turn();
  std::vector<std::string> failures;
  for (const std::uint32_t rank : asked) {
    if (waiting(rank)) {
      lose(rank,
           fmt::format("it did not answer within {}", terminal::duration_text(timeout_seconds)));
    }
    if (ranks_[rank].state == State::lost) {
      failures.push_back(fmt::format("{} was lost: {}", name(ranks_[rank]), ranks_[rank].lost));
    } else if (!answers_[rank].value("ok", false)) {
      failures.push_back(fmt::format("{}: {}", name(ranks_[rank]),
                                     answers_[rank].value("reason", "failed without a reason")));
    }
  }
  if (!failures.empty()) throw Error(list_of(failures));
  return std::exchange(answers_, {});
}

ordered_json Coordinator::ask(std::uint32_t rank, const ordered_json& order,
                              double timeout_seconds) {
  answers_.clear();
  sockets_[rank].send(line_of(order));
  const auto deadline = Clock::now() + std::chrono::duration<double>(timeout_seconds);
  while (!answers_.contains(rank) && ranks_[rank].state != State::lost && Clock::now() < deadline) {
    turn();
  }
  const auto found = answers_.find(rank);
  if (found == answers_.end()) {
    throw Error(fmt::format("{}: no answer", name(ranks_[rank])));
  }
  if (!found->second.value("ok", false)) {
    throw Error(fmt::format("{}: {}", name(ranks_[rank]), found->second.value("reason", "")));
  }
  return found->second;
}

void Coordinator::end() {
  for (LineSocket& socket : sockets_) {
    if (socket.open()) socket.send(line_of({{"kind", "end"}}));
    socket.close();
  }
}

}  // namespace assay::harness::ranks
