// The outcome of a duel in words.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "results/duel/duel.h"

namespace assay::results::duel {

/// "B is 2.1% slower [1.6%, 2.6%]": percentages of A's speed. While there is no interval: "B is
/// 2.1% slower".
std::string speed_text(const statistics::Ratio& speed);
/// "0.10% [-0.40%, 0.60%]": by how much the later arm of a side is faster than the other one.
std::string control_text(const statistics::Ratio& control);
/// The outcome with its figures: "not decided: B is 0.50% slower [-3.0%, 4.0%]; about 23 more
/// rounds would be needed".
std::string sentence(const Judgement& judgement, const DuelOptions& options);

/// {"value", "lower", "upper"}; null where a limit is not known yet.
nlohmann::ordered_json to_json(const statistics::Ratio& ratio);
nlohmann::ordered_json to_json(const Judgement& judgement);
/// The measurements in their order.
nlohmann::ordered_json to_json(const Round& round);

}  // namespace assay::results::duel
