// Which records a verb takes, as its options say it.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "results/record/enums.h"
#include "results/store/store.h"

namespace assay::cli {

/// An option that takes one name of an enumeration.
template <results::record::Tabled Enum>
CLI::Option* add_named_option(CLI::App& app, const std::string& option, std::optional<Enum>& value,
                              const std::string& help) {
  return app.add_option_function<std::string>(
      option,
      [option, &value](const std::string& text) {
        value = results::record::require_named<Enum>(text, option);
      },
      help);
}

/// Adds --problem, --operation, --implementation, --division, --device, --status and --limit.
void add_filter_options(CLI::App& app, results::store::Filter& filter);

}  // namespace assay::cli
