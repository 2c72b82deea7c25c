#include <fmt/format.h>

#include "kernels/copy/shape.h"
#include "kernels/error.h"
#include "kernels/fields.h"
#include "kernels/transfer/shape.h"

namespace assay::kernels {

extern const Operation transfer_operation;
ReferenceFunction copy_reference;
CheckFunction copy_check;

TransferShape transfer_shape(const Problem& problem) {
  using Direction = TransferShape::Direction;
  const std::string& direction = problem.choice("direction");
  return {.n = problem.dimension("n"),
          .type = problem.type("type"),
          .direction = direction == "h2d"   ? Direction::host_to_device
                       : direction == "d2h" ? Direction::device_to_host
                                            : Direction::device_to_device,
          .pinned = problem.choice("memory") == "pinned"};
}

namespace {

std::string usual_memory(const Problem& so_far) {
  return so_far.choice("direction") == "d2d" ? "device" : "pinned";
}

const Field kFields[] = {
    choice_field("direction", {"h2d", "d2h", "d2d"},
                 "host to device, device to host, or within the device"),
    choice_field("memory", {"pinned", "pageable", "device"},
                 "host memory: page-locked or not; device where the host takes no part",
                 Default{"pinned; device with direction=d2d", usual_memory}),
    dimension_field("n", "elements to move"),
    moved_type_field(),
    distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  const std::string &direction = problem.choice("direction"), &memory = problem.choice("memory");
  if ((direction == "d2d") != (memory == "device")) {
    throw InputError(
        fmt::format("field memory: {} does not go with direction={}", memory, direction),
        direction == "d2d" ? "use memory=device" : "use memory=pinned or memory=pageable");
  }
  require_addressable("n", {problem.dimension("n")});
}

/// Bytes that cross the link, counted once, as the rates of links are stated. Within a device each
/// byte is read and written, so the memory moves twice as much: `copy` counts both, and its rate is
/// twice that of direction=d2d in the same time.
Work work(const Problem& problem) {
  const TransferShape s = transfer_shape(problem);
  return {0, static_cast<double>(s.bytes()), s.type};
}

const OperandText kOperands[] = {
    {"b", Role::input, "n elements, in the memory where the move begins"},
    {"a", Role::output, "n elements, in the memory where it ends"},
};

}  // namespace

const Operation transfer_operation = {
    .name = "transfer",
    .summary = "move between host and device, or within the device",
    .formula = "a[i] = b[i]",
    .counting =
        "FLOP: none. Bytes: each element once, as the rates of links are stated. With "
        "direction=d2d the memory moves twice as much, since it is read and written: the rate is "
        "half of what `copy` reports for the same time.",
    .figure = Figure::bytes,
    .roof = Roof::link,
    .fields = kFields,
    .operand_texts = kOperands,
    .validate = validate,
    .operands = copy_operands,
    .work = work,
    .reference = copy_reference,
    .check = copy_check,
};

}  // namespace assay::kernels
