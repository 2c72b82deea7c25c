// Commands of the program that pages and exported texts suggest to their readers. Nothing else in
// results/ names a verb or an option of the command line.
#pragma once

#include <string>
#include <string_view>

namespace assay::results::page {

/// Measures the problems that decide a claim.
std::string measure_claim_command(std::string_view claim);
/// Measures what an interrupted run left out.
std::string resume_run_command(std::string_view run);
/// Prints a record with all of its samples.
std::string show_record_command(std::string_view record);
/// Measures the ceilings of a device, among other problems.
std::string measure_ceilings_command();

/// Judges by the last run, on whatever machine it was made.
std::string judge_by_last_run_command();

}  // namespace assay::results::page
