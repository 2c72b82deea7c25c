// All texts of records and runs, to be made safe before others see them.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "results/record/record_set.h"

namespace assay::results::record {

/// Calls `visit` with each text that a person or another program wrote; not with ids and hashes.
void for_each_text(Record& record, const std::function<void(std::string&)>& visit);
void for_each_text(Run& run, const std::function<void(std::string&)>& visit);

/// Makes every text printable (printable.h). Names get no line feed.
void make_printable(RecordSet& record_set);

/// Masks everything that is written like a secret (kernels/secrets.h), in environments, too, which
/// get another hash by it. Returns the number of texts that were changed, and adds to `places`
/// where they stand: "record 0badcafe".
std::size_t mask_secrets(RecordSet& record_set, std::vector<std::string>* places = nullptr);
/// The same for a part of it. A value is also masked for the name that it has.
std::size_t mask_secrets(Record& record);
std::size_t mask_secrets(DeviceIdentity& device);
std::size_t mask_secrets(Properties& properties);

/// The text of an environment without secrets; the same text where it has none.
std::string without_secrets_in(const std::string& json_text);

/// The first text of the record, the run or the environment that has a secret, without it; "" if
/// there is none.
std::string first_secret(const Record& record);
std::string first_secret(const Run& run);
std::string first_secret(const std::string& environment_json);

}  // namespace assay::results::record
