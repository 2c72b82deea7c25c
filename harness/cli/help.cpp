#include "harness/cli/help.h"

#include "harness/terminal/wrapped.h"

namespace assay::cli {

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  if (option->get_type_size() == 0) return "";
  const bool many = option->get_expected_max() > 1;
  return " " + option->get_type_name() + (option->get_required() ? " REQUIRED" : "") +
         (many ? " ..." : "");
}

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  const int room = 80 - static_cast<int>(get_column_width());
  std::string text = harness::terminal::wrapped(option->get_description(), 0, room);
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace assay::cli
