#include "results/page/command.h"

#include <fmt/format.h>

namespace assay::results::page {

std::string measure_claim_command(std::string_view claim) {
  return fmt::format("assay run --for-claim {}", claim);
}

std::string resume_run_command(std::string_view run) {
  return fmt::format("assay run --resume {}", run);
}

std::string show_record_command(std::string_view record) {
  return fmt::format("assay show --record {}", record);
}

std::string measure_ceilings_command() {
  return "assay run --suite quick";
}

std::string judge_by_last_run_command() {
  return "assay report --run last";
}

}  // namespace assay::results::page
