#include <fmt/format.h>

#include "kernels/error.h"
#include "results/record/codec.h"
#include "results/record/keys.h"
#include "results/record/record.h"

namespace assay::results::record {

namespace {

/// The schema of the record, which this program can read.
int readable_schema(const JsonValue& json, const JsonPath& path) {
  int schema = 0;
  JsonObject object(json, path);
  JsonReader::read(object.take("schema"), {&path, "schema"}, schema);
  if (schema >= 1 && schema <= kRecordSchema) return schema;
  throw InputError(fmt::format("record has schema {}, which this assay cannot read", schema),
                   "upgrade assay if a newer version wrote the record");
}

}  // namespace

void append_text(std::string& out, const Record& record, Samples samples) {
  append_json(out, record, {.without_numbers = samples == Samples::none, .schema = record.schema});
}

std::string to_json(const Record& record, int indent) {
  return encode(record, {.indent = indent, .schema = record.schema});
}

Record record_from_json(std::string_view text) {
  // The largest number of samples takes less than a tenth of it.
  constexpr std::size_t kLargest = std::size_t{16} << 20;
  if (text.size() > kLargest) throw InputError("record: has more than 16 MiB");
  const JsonDocument document(text, "record");
  JsonPath path = {nullptr, {}, "record"};
  path.topmost_schema = readable_schema(document.root(), path);
  Record record;
  JsonReader::read(document.root(), path, record);
  return record;
}

}  // namespace assay::results::record
