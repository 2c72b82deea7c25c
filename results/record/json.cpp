#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "kernels/error.h"
#include "results/record/json_archive.h"
#include "results/record/record.h"
#include "results/record/text.h"

namespace assay::results::record {

using nlohmann::ordered_json;

std::string to_json(const Record& record, int indent) {
  if (indent < 0) {
    std::string text;
    append_text(text, record, Samples::all);
    return text;
  }
  return encode(record, indent);
}

Record record_from_json(std::string_view text) {
  if (Record record; read_text(text, record)) {
    record.schema = kRecordSchema;
    return record;
  }
  // Whatever is in another order, or wrong, is taken apart with care.
  ordered_json json;
  try {
    json = ordered_json::parse(text);
  } catch (const ordered_json::exception& error) {
    throw InputError(fmt::format("record: not JSON: {}", error.what()),
                     "the record is cut off or damaged");
  }
  int schema = 0;
  JsonReader(json, JsonPath{}, "record")("schema", schema);
  if (schema > kRecordSchema) {
    throw InputError(fmt::format("record: schema {} is newer than the newest that this assay "
                                 "reads, {}",
                                 schema, kRecordSchema),
                     fmt::format("upgrade assay to a version that reads record schema {}", schema));
  }
  if (schema < 1) {
    throw InputError(fmt::format("record: schema {} does not exist", schema),
                     "the record is damaged or was not written by assay");
  }
  JsonReader reader(json, JsonPath{}, "record", schema);
  Record record;
  keys(reader, record);
  reader.finish();
  // What an older schema lacks is absent from here on.
  record.schema = kRecordSchema;
  return record;
}

}  // namespace assay::results::record
