// Flows of control that give way to each other by hand: the work-items of a group, which meet at
// barriers.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "tests/fakes/cudalike/image.h"

namespace assay::fakes::cudalike {

/// A group's work-items take turns on the calling thread. One such object a thread, kept from group
/// to group with its stacks.
class Fibers {
 public:
  Fibers();
  ~Fibers();
  Fibers(const Fibers&) = delete;
  Fibers& operator=(const Fibers&) = delete;

  /// Calls enter(argument) for each of the group's work-items, in a flow of its own; so many
  /// neighbours are a subgroup. Before the item at places[i] goes on, `here` is set to that place.
  void run(const std::vector<Extents>& places, std::size_t subgroup, Extents& here,
           void (*enter)(void*), void* argument);
  /// To be called from within one of them: waits until the others have come here or ended.
  void barrier();
  /// The same for those of its subgroup, which all call it: gives `bytes` (4 or a multiple of 8,
  /// at most kSlotBytes) at `mine`
  /// to the others, and what they gave, kSlotBytes apart, the subgroup's first one's first. Until
  /// their next exchange they share it; the first of them goes on first.
  std::byte* exchange(const void* mine, std::size_t bytes);
  static constexpr std::size_t kSlotBytes = 64;

 private:
  struct Flow;
  struct Context;
  static void begin(Fibers* fibers, Flow* flow);
  static void switched(Context& from, Context& to);
  void make_ready(Flow& flow);
  Flow* ready(std::size_t from, std::size_t to);
  Flow* next();
  void give_way();

  std::vector<Flow> flows_;
  std::unique_ptr<Context> main_;
  Flow* current_ = nullptr;
  std::size_t count_ = 0, live_ = 0, at_barrier_ = 0;
  std::vector<std::byte> slots_[2];  ///< of one exchange and of the next
  const Extents* places_ = nullptr;
  Extents* here_ = nullptr;
  void (*enter_)(void*) = nullptr;
  void* argument_ = nullptr;
};

/// The calling thread's.
Fibers& fibers();

}  // namespace assay::fakes::cudalike
