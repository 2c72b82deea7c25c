// What the conditions of a serving rate say about the chips and the types that it was reached with.
#pragma once

#include <optional>
#include <string>

namespace assay::results::claims {

/// The number of chips that a claim's `parallelism` names: "EP32", "TP8 PP2" (16), "6,000 chips",
/// "8 × H100". Absent if it names none, as in "several chips".
std::optional<double> chips_of_parallelism(const std::string& text);

/// The name of a type as quantities have it: "f16" for "fp16" or "FP16".
std::string type_name(const std::string& text);

}  // namespace assay::results::claims
