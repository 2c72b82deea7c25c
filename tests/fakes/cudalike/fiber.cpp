#include "tests/fakes/cudalike/fiber.h"

#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>

// Two system calls a switch, as swapcontext makes, would be most of the time: where the processor
// is known, the registers that a call preserves are switched by hand.
#if defined(__x86_64__)
#define ASSAY_SWITCHES_BY_HAND 1
asm(R"(
.text
.p2align 4
.local assay_fake_switch
.type assay_fake_switch, @function
assay_fake_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size assay_fake_switch, . - assay_fake_switch
.local assay_fake_start
.type assay_fake_start, @function
assay_fake_start:
  movq %r12, %rdi
  movq %r13, %rsi
  callq *%r14
  ud2
.size assay_fake_start, . - assay_fake_start
)");
extern "C" {
void assay_fake_switch(void** save, void* load);
void assay_fake_start();
}
#endif

namespace assay::fakes::cudalike {
namespace {

constexpr std::size_t kStackBytes = 128 << 10;

}  // namespace

struct Fibers::Context {
#ifdef ASSAY_SWITCHES_BY_HAND
  void* stack_pointer = nullptr;
#else
  ucontext_t context = {};
#endif
};

struct Fibers::Flow {
  Context context;
  void* stack = nullptr;
  std::size_t index = 0, first = 0, last = 0;  ///< itself, and of its subgroup
  bool finished = true, at_barrier = false;
  unsigned exchanges = 0;

  Flow() {
    stack = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED) throw std::bad_alloc();
  }
  ~Flow() { munmap(stack, kStackBytes); }
  Flow(const Flow&) = delete;
  Flow& operator=(const Flow&) = delete;
};

Fibers::Fibers() : main_(std::make_unique<Context>()) {}
Fibers::~Fibers() = default;

void Fibers::begin(Fibers* fibers, Flow* flow) {
  while (true) {
    fibers->enter_(fibers->argument_);
    flow->finished = true;
    --fibers->live_;
    fibers->give_way();
  }
}

#ifdef ASSAY_SWITCHES_BY_HAND
void Fibers::switched(Context& from, Context& to) {
  assay_fake_switch(&from.stack_pointer, to.stack_pointer);
}

void Fibers::make_ready(Flow& flow) {
  if (flow.context.stack_pointer != nullptr) return;
  // Stacks that end at like places would push each other out of the cache.
  const std::size_t apart = flow.index * 13 * 64 % (kStackBytes / 4);
  // As assay_fake_switch leaves a stack: r15, r14, r13, r12, rbx, rbp, and where to return to.
  auto* top =
      reinterpret_cast<std::uintptr_t*>(static_cast<std::byte*>(flow.stack) + kStackBytes - apart);
  *--top = 0;  // the start's own call leaves the stack aligned
  *--top = 0;
  *--top = reinterpret_cast<std::uintptr_t>(&assay_fake_start);
  *--top = 0;
  *--top = 0;
  *--top = reinterpret_cast<std::uintptr_t>(this);
  *--top = reinterpret_cast<std::uintptr_t>(&flow);
  *--top = reinterpret_cast<std::uintptr_t>(&Fibers::begin);
  *--top = 0;
  flow.context.stack_pointer = top;
}
#else
namespace {

void (*started)(void*, void*) = nullptr;

void start(unsigned high, unsigned low, unsigned flow_high, unsigned flow_low) {
  const auto joined = [](unsigned a, unsigned b) {
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(a) << 32 | b);
  };
  started(joined(high, low), joined(flow_high, flow_low));
}

}  // namespace

void Fibers::switched(Context& from, Context& to) {
  swapcontext(&from.context, &to.context);
}

void Fibers::make_ready(Flow& flow) {
  ucontext_t& context = flow.context.context;
  if (context.uc_stack.ss_sp != nullptr) return;
  started = [](void* fibers, void* one) {
    begin(static_cast<Fibers*>(fibers), static_cast<Flow*>(one));
  };
  getcontext(&context);
  context.uc_stack.ss_sp = flow.stack;
  context.uc_stack.ss_size = kStackBytes;
  const auto of = [](const void* address, int shift) {
    return static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(address) >> shift);
  };
  makecontext(&context, reinterpret_cast<void (*)()>(&start), 4, of(this, 32), of(this, 0),
              of(&flow, 32), of(&flow, 0));
}
#endif

void Fibers::run(const std::vector<Extents>& places, std::size_t subgroup, Extents& here,
                 void (*enter)(void*), void* argument) {
  const std::size_t count = places.size();
  places_ = places.data();
  here_ = &here;
  enter_ = enter;
  argument_ = argument;
  // All before any is begun, which then must not move.
  if (flows_.size() < count) flows_ = std::vector<Flow>(count);
  for (std::size_t i = 0; i < count; ++i) {
    flows_[i].index = i;
    flows_[i].first = i / subgroup * subgroup;
    flows_[i].last = std::min(flows_[i].first + subgroup, count);
    flows_[i].finished = flows_[i].at_barrier = false;
    flows_[i].exchanges = 0;
    make_ready(flows_[i]);
  }
  for (auto& slots : slots_) slots.resize(std::max(slots.size(), count * kSlotBytes));
  count_ = live_ = count;
  at_barrier_ = 0;
  current_ = flows_.data();
  here = places_[0];
  switched(*main_, current_->context);
}

Fibers::Flow* Fibers::ready(std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    if (!flows_[i].finished && !flows_[i].at_barrier) return &flows_[i];
  }
  return nullptr;
}

/// The work-item that runs next; null where all have finished. A round lets everyone of a subgroup
/// go on who may, in order, up to where it waits next: so they never are two exchanges apart. A
/// subgroup goes on as long as it can, since the stacks of all are more than a cache holds.
Fibers::Flow* Fibers::next() {
  if (live_ == 0) return nullptr;
  const std::size_t from = current_->index, first = current_->first, last = current_->last;
  if (Flow* const later = ready(from + 1, last)) return later;
  if (Flow* const again = ready(first, from + 1)) return again;
  if (Flow* const other = ready(last, count_)) return other;
  if (at_barrier_ == live_) {
    for (std::size_t i = 0; i < count_; ++i) flows_[i].at_barrier = false;
    at_barrier_ = 0;
  }
  return ready(0, count_);
}

void Fibers::give_way() {
  Flow& from = *current_;
  current_ = next();
  if (current_ != nullptr) *here_ = places_[current_->index];
  if (current_ != &from) switched(from.context, current_ == nullptr ? *main_ : current_->context);
}

void Fibers::barrier() {
  current_->at_barrier = true;
  ++at_barrier_;
  give_way();
}

std::byte* Fibers::exchange(const void* mine, std::size_t bytes) {
  Flow& flow = *current_;
  std::byte* const slots = slots_[flow.exchanges++ % 2].data();
  std::byte* const to = slots + flow.index * kSlotBytes;
  if (bytes == 4) {
    std::memcpy(to, mine, 4);
  } else {
    for (std::size_t i = 0; i < bytes; i += 8) {
      std::memcpy(to + i, static_cast<const std::byte*>(mine) + i, 8);
    }
  }
  give_way();
  return slots + flow.first * kSlotBytes;
}

Fibers& fibers() {
  __attribute__((tls_model("initial-exec"))) static thread_local Fibers* known = nullptr;
  if (known == nullptr) {
    thread_local Fibers own;
    known = &own;
  }
  return *known;
}

}  // namespace assay::fakes::cudalike
