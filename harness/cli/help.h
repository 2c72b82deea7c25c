// How options are listed by --help.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace assay::cli {

/// CLI11's format, folded to 80 columns; what an option excludes is left to its error.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace assay::cli
