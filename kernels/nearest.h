// The name that a person probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace assay {

/// The candidate with the least Levenshtein distance to `name`, where that is at most a third of
/// its length; empty where none is near.
std::string nearest(std::string_view name, std::span<const std::string> candidates);

/// "did you mean `x`?", or `otherwise` where nothing is near.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates,
                         std::string_view otherwise = {});

}  // namespace assay
