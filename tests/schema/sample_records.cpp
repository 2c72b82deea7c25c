// Prints records as JSON, one per line: default records, and records with random values.
#include <fmt/format.h>

#include <limits>

#include "tests/schema/random_record.h"

int main() {
  using namespace assay;
  results::RandomRecords records(1);
  for (int i = 0; i < 200; ++i) fmt::print("{}\n", results::record::to_json(records.next()));
  results::record::Record wrong = records.next();
  wrong.status = results::record::Status::wrong;
  wrong.check.worst = std::numeric_limits<double>::infinity();
  fmt::print("{}\n", results::record::to_json(wrong));
}
