// Clauses about collectives, as far as a single process can test them: without joining, and as the
// only rank.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "harness/conformance/subject.h"
#include "kernels/collective.h"

namespace assay::harness::conformance {
namespace {

constexpr const char* kAlone = "the module does not support collectives";
constexpr std::size_t kRoom = 65536;

Finding declares_entries(Subject& subject) {
  const assay_backend& table = subject.table();
  const bool id = table.unique_id != nullptr, join = table.join != nullptr,
             leave = table.leave != nullptr;
  require(id == join && join == leave, "only some of unique_id, join and leave are present");
  return id ? Finding{} : Finding{Verdict::absent, kAlone};
}

/// Must run before the device has joined.
Finding alone(Subject& subject) {
  if (subject.has_joined()) throw MissingPrerequisite("the device has already joined");
  for (const kernels::Operation* operation : kernels::operations()) {
    if (operation->collective == nullptr) continue;
    for (const kernels::Problem& problem : small_problems(*operation, 4)) {
      for (const std::string& name : subject.able(problem.text())) {
        require(false,
                fmt::format("{} claims to solve {} without other ranks", name, problem.text()));
      }
    }
  }
  return {};
}

assay_status ask_id(Subject& subject, std::vector<std::byte>& id, std::size_t capacity) {
  id.assign(kRoom, std::byte{0xa5});
  std::size_t bytes = 0;
  const assay_status status =
      subject.table().unique_id(subject.device(), id.data(), capacity, &bytes);
  if (status == ASSAY_OK) id.resize(std::min(bytes, kRoom));
  return status;
}

Finding unique(Subject& subject) {
  if (!subject.joins()) return {Verdict::absent, kAlone};
  std::vector<std::byte> first, second;
  const assay_status status = ask_id(subject, first, kRoom);
  if (status == ASSAY_UNSUPPORTED) return {Verdict::absent, subject.words(status)};
  require(status == ASSAY_OK, subject.words(status));
  require(!first.empty(), "the id has no bytes");
  require(ask_id(subject, second, kRoom) == ASSAY_OK, "asked again: " + subject.words());
  require(first != second, "returned the same id twice");
  subject.require_refusal(ask_id(subject, second, first.size() - 1),
                          "a capacity smaller than the id");
  require(second == std::vector<std::byte>(kRoom, std::byte{0xa5}),
          "wrote the id although the capacity is too small");
  return {Verdict::fulfilled, fmt::format("{} bytes", first.size())};
}

Finding refuses_places(Subject& subject) {
  if (!subject.joins()) return {Verdict::absent, kAlone};
  std::vector<std::byte> id;
  const assay_status status = ask_id(subject, id, kRoom);
  if (status == ASSAY_UNSUPPORTED) return {Verdict::absent, subject.words(status)};
  const assay_backend& table = subject.table();
  assay_device* const device = subject.device();
  subject.require_refusal(table.join(device, id.data(), id.size(), 1, 1), "rank 1 of 1");
  subject.require_refusal(table.join(device, id.data(), id.size(), 0, 0), "rank 0 of none");
  subject.require_refusal(table.join(device, nullptr, id.size(), 1, 0), "an id that is NULL");
  subject.require_refusal(table.join(nullptr, id.data(), id.size(), 1, 0), "a device that is NULL");
  table.leave(nullptr);
  table.leave(device);
  return {};
}

Finding joining(Subject& subject) {
  if (!subject.joins()) return {Verdict::absent, kAlone};
  std::vector<std::byte> id;
  for (int times = 0; times < 2; ++times) {
    assay_status status = ask_id(subject, id, kRoom);
    if (status == ASSAY_UNSUPPORTED) return {Verdict::absent, subject.words(status)};
    require(status == ASSAY_OK, subject.words(status));
    status = subject.table().join(subject.device(), id.data(), id.size(), 1, 0);
    require(status == ASSAY_OK, subject.words(status));
    subject.table().leave(subject.device());
  }
  require(subject.join_itself(), "a third time: " + subject.words());
  return {};
}

/// Requires that no operation that is solved as the only rank is also solved as one of two ranks.
Finding other_ranks(Subject& subject) {
  if (!subject.join_itself()) return {Verdict::absent, kAlone};
  std::size_t solved = 0;
  for (const kernels::Operation* operation : kernels::operations()) {
    if (operation->collective == nullptr) continue;
    for (const kernels::Problem& problem : small_problems(*operation, 4)) {
      if (subject.able(problem.text()).empty()) continue;
      ++solved;
      std::string two = problem.text();
      two.replace(two.find("ranks=1"), 7, "ranks=2");
      for (const std::string& name : subject.able(two)) {
        require(false, fmt::format("{} claims to solve {} on one rank", name, two));
      }
    }
  }
  require(solved > 0, "joins, but solves no collective");
  return {};
}

}  // namespace

void add_rank_clauses(std::vector<Clause>& clauses) {
  clauses.push_back(
      {"ranks", "entries", "unique_id, join and leave: all or none", declares_entries});
  clauses.push_back({"ranks", "alone", "not joined: refuses collectives with a reason", alone});
  clauses.push_back({"ranks", "id", "gives a new id each time, respects capacity", unique});
  clauses.push_back({"ranks", "rank", "refuses an invalid rank with a reason", refuses_places});
  clauses.push_back({"ranks", "join", "joins, leaves and joins again", joining});
  clauses.push_back(
      {"ranks", "count", "refuses more ranks than joined with a reason", other_ranks});
}

}  // namespace assay::harness::conformance
