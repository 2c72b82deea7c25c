// Clauses about the offered implementations and their preparation.
#include <fmt/format.h>

#include <cstring>
#include <set>

#include "harness/conformance/test_problem.h"
#include "kernels/operation.h"
#include "results/record/enums.h"

namespace assay::harness::conformance {
namespace {

void require_offer(const assay_implementation& offer, bool modelled) {
  require(offer.name != nullptr && *offer.name != '\0', "an implementation has no name");
  const std::string name = offer.name;
  require(offer.division != nullptr, name + ": division is NULL");
  const std::string division = offer.division;
  const auto known = results::record::named<results::record::Division>(division);
  require((known == results::record::Division::modelled) == modelled,
          fmt::format("{}: has division {} on a device that is {}modelled", name, division,
                      modelled ? "" : "not "));
  require(known && facts(*known).offered, fmt::format("{}: unknown division {}", name, division));
  require(name.starts_with(division + "/"),
          fmt::format("{}: its name does not begin with its division, {}/", name, division));
  require(offer.reason != nullptr, name + ": reason is NULL");
}

/// Checks the offers for every problem, with different capacities.
Finding offers(Subject& subject) {
  const bool modelled = subject.modelled();
  std::size_t most = 0;
  for (const kernels::Operation* operation : kernels::operations()) {
    for (const kernels::Problem& problem : small_problems(*operation, 4)) {
      std::set<std::string> names;
      for (const assay_implementation& offer : subject.offers(problem.text())) {
        require_offer(offer, modelled);
        require(names.insert(offer.name).second,
                fmt::format("{} is offered twice for {}", offer.name, problem.text()));
      }
      most = std::max(most, names.size());
    }
  }
  require(most > 0, "no implementation is offered for any problem");
  return {};
}

Finding capacity(Subject& subject) {
  const TestProblem test_problem(subject, false);
  const std::size_t all = subject.offers(test_problem.problem()).size();
  for (std::size_t room = 0; room <= all + 1; ++room) {
    std::vector<assay_implementation> list(room + 1);
    std::memset(static_cast<void*>(list.data()), 0xa5, list.size() * sizeof list[0]);
    for (std::size_t i = 0; i < room; ++i) list[i].struct_size = sizeof list[i];
    const std::vector<std::byte> canary(sizeof list[0], std::byte{0xa5});
    std::size_t count = 0;
    const assay_status status = subject.table().implementations(
        subject.device(), test_problem.problem().c_str(), list.data(), room, &count);
    require(status == ASSAY_OK, subject.words(status));
    require(count == all,
            fmt::format("count is {} with capacity {}, but {} otherwise", count, room, all));
    require(std::memcmp(&list[room], canary.data(), canary.size()) == 0,
            fmt::format("wrote more than {} with capacity {}", room, room));
  }
  return {};
}

Finding unknown_problem(Subject& subject) {
  for (const char* problem : {"", "transmute lead=1 gold=1", "matmul m=0 n=1 k=1 a=f32",
                              "matmul m=many n=1 k=1 a=f32", "\xff\xfe"}) {
    std::size_t count = 1;
    const assay_status status =
        subject.table().implementations(subject.device(), problem, nullptr, 0, &count);
    // Modules must refuse operations of later versions, which they do not know.
    if (status == ASSAY_OK && count == 0) continue;
    subject.require_refusal(status, fmt::format("the problem \"{}\"", problem));
    require(status == ASSAY_INVALID || status == ASSAY_UNSUPPORTED, subject.words(status));
  }
  return {};
}

assay_status prepare(Subject& subject, const std::string& problem, const std::string& name,
                     const std::vector<assay_buffer*>& buffers) {
  assay_executable* executable = nullptr;
  const assay_status status = subject.table().prepare(
      subject.device(), problem.c_str(), name.c_str(), buffers.data(), buffers.size(), &executable);
  if (status == ASSAY_OK && executable != nullptr) subject.table().release(executable);
  require(status != ASSAY_OK || executable != nullptr, "ok, but no executable");
  return status;
}

Finding prepares(Subject& subject) {
  const TestProblem test_problem(subject, false);
  for (int times = 0; times < 2; ++times) {
    const assay_status status = prepare(subject, test_problem.problem(),
                                        test_problem.implementation(), test_problem.buffers());
    require(status == ASSAY_OK, fmt::format("{} for {}: {}", test_problem.implementation(),
                                            test_problem.problem(), subject.words(status)));
  }
  return {};
}

Finding unknown_implementation(Subject& subject) {
  const TestProblem test_problem(subject, false);
  for (const char* name : {"", "library/alchemy"}) {
    subject.require_refusal(prepare(subject, test_problem.problem(), name, test_problem.buffers()),
                            fmt::format("the implementation \"{}\"", name));
  }
  return {};
}

Finding unable_implementation(Subject& subject) {
  for (const kernels::Operation* operation : kernels::operations()) {
    for (const kernels::Problem& problem : small_problems(*operation, 16)) {
      std::string unable;
      for (const assay_implementation& offer : subject.offers(problem.text())) {
        if (*offer.reason != '\0') unable = offer.name;
      }
      if (unable.empty()) continue;
      std::vector<DeviceBuffer> held;
      std::vector<assay_buffer*> buffers;
      for (const kernels::Operand& operand : operation->operands(problem)) {
        held.emplace_back(subject, static_cast<std::uint64_t>(operand.bytes()));
        buffers.push_back(held.back().get());
      }
      subject.require_refusal(prepare(subject, problem.text(), unable, buffers),
                              fmt::format("{} for {}", unable, problem.text()));
      return {};
    }
  }
  return {Verdict::fulfilled, "every implementation can solve the problems"};
}

Finding buffer_count(Subject& subject) {
  const TestProblem test_problem(subject, false);
  auto buffers = test_problem.buffers();
  buffers.push_back(buffers.back());
  subject.require_refusal(
      prepare(subject, test_problem.problem(), test_problem.implementation(), buffers),
      "one buffer too many");
  buffers.resize(buffers.size() - 2);
  subject.require_refusal(
      prepare(subject, test_problem.problem(), test_problem.implementation(), buffers),
      "one buffer too few");
  return {};
}

Finding without_buffers(Subject& subject) {
  if (!subject.modelled()) return {Verdict::absent, "the device is not modelled"};
  const TestProblem test_problem(subject, false);
  const assay_status status =
      prepare(subject, test_problem.problem(), test_problem.implementation(), {});
  require(status == ASSAY_OK, subject.words(status));
  return {};
}

Finding describes(Subject& subject) {
  const TestProblem test_problem(subject);
  const assay_property* list = nullptr;
  std::size_t count = 0;
  const assay_status status = subject.table().describe(test_problem.executable(), &list, &count);
  require(status == ASSAY_OK, subject.words(status));
  require(count == 0 || list != nullptr, "the list is NULL");
  for (std::size_t i = 0; i < count; ++i) {
    require(list[i].key != nullptr && *list[i].key != '\0', "a property has no key");
    require(list[i].value != nullptr, fmt::format("{} is NULL", list[i].key));
  }
  return {Verdict::fulfilled, count == 0 ? "reports nothing" : ""};
}

}  // namespace

void add_prepare_clauses(std::vector<Clause>& clauses) {
  const auto add = [&](const char* name, const char* rule, Finding (*examine)(Subject&)) {
    clauses.push_back({"prepare", name, rule, examine});
  };
  add("offers", "names begin with their division and are unique", offers);
  add("capacity", "writes at most `capacity`, but counts all", capacity);
  add("problem", "refuses an invalid problem with a reason", unknown_problem);
  add("prepare", "prepares every offered implementation twice", prepares);
  add("unknown", "refuses an unknown name with a reason", unknown_implementation);
  add("unable", "refuses what cannot solve it with a reason", unable_implementation);
  add("buffers", "refuses a wrong buffer count with a reason", buffer_count);
  add("bufferless", "a modelled device needs no buffers", without_buffers);
  add("describe", "reports its choices as keys and values", describes);
}

}  // namespace assay::harness::conformance
