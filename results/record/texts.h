// All texts of records and runs, to be made safe before others see them.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "results/record/record_set.h"

namespace assay::results::record {

/// Calls `visit` with each text that a person or another program wrote; not with ids and hashes.
void for_each_text(Record& record, const std::function<void(std::string&)>& visit);
void for_each_text(Run& run, const std::function<void(std::string&)>& visit);

/// Makes every text printable (printable.h). Names get no line feed.
void make_printable(RecordSet& record_set);

/// Masks everything that is written like a secret (kernels/secrets.h), in environments, too, which
/// get another hash by it. Returns the number of texts that were changed.
std::size_t mask_secrets(RecordSet& record_set);

/// The first text of the record, the run or the environment that has a secret, without it; "" if
/// there is none.
std::string first_secret(const Record& record);
std::string first_secret(const Run& run);
std::string first_secret(const std::string& environment_json);

}  // namespace assay::results::record
