#include "results/bundle/manifest.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "kernels/error.h"

namespace assay::results::bundle {

using nlohmann::ordered_json;

namespace {

constexpr const char* kFormat = "assay-bundle";

ordered_json run_json(const record::Run& run) {
  return {{"id", run.id},
          {"started", run.started},
          {"ended", run.ended},
          {"suite", run.suite},
          {"command", run.command},
          {"host", run.host},
          {"assay_version", run.assay_version},
          {"environment", run.environment}};
}

record::Run run_from(const ordered_json& json) {
  record::Run run;
  json.at("id").get_to(run.id);
  json.at("started").get_to(run.started);
  json.at("ended").get_to(run.ended);
  json.at("suite").get_to(run.suite);
  json.at("command").get_to(run.command);
  json.at("host").get_to(run.host);
  json.at("assay_version").get_to(run.assay_version);
  json.at("environment").get_to(run.environment);
  return run;
}

Part part_from(const ordered_json& json) {
  return {json.at("name"), json.at("bytes"), json.at("sha256"), json.at("content_bytes")};
}

void require_schema(std::string_view what, int schema, int readable) {
  if (schema == readable) return;
  throw InputError(fmt::format("this assay cannot read {} schema {}", what, schema),
                   fmt::format("upgrade assay if a newer version wrote the bundle; this one reads "
                               "{} schema {}",
                               what, readable));
}

Manifest parsed(const ordered_json& json) {
  if (json.at("format") != kFormat) throw InputError("its format is not that of a bundle");
  Manifest manifest;
  json.at("schema").get_to(manifest.schema);
  require_schema("bundle", manifest.schema, kBundleSchema);
  json.at("written_by").get_to(manifest.written_by);
  manifest.run = run_from(json.at("run"));
  json.at("record_schema").get_to(manifest.record_schema);
  require_schema("record", manifest.record_schema, record::kRecordSchema);
  json.at("records").get_to(manifest.records);
  json.at("catalogue").get_to(manifest.catalogue);
  for (const ordered_json& part : json.at("parts")) manifest.parts.push_back(part_from(part));
  return manifest;
}

}  // namespace

std::string to_json(const Manifest& manifest) {
  ordered_json parts = ordered_json::array();
  for (const Part& part : manifest.parts) {
    parts.push_back({{"name", part.name},
                     {"bytes", part.bytes},
                     {"sha256", part.sha256},
                     {"content_bytes", part.content_bytes}});
  }
  const ordered_json json = {{"format", kFormat},
                             {"schema", manifest.schema},
                             {"written_by", manifest.written_by},
                             {"run", run_json(manifest.run)},
                             {"record_schema", manifest.record_schema},
                             {"records", manifest.records},
                             {"catalogue", manifest.catalogue},
                             {"parts", parts}};
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

Manifest manifest_from_json(std::string_view text) {
  Manifest manifest;
  try {
    manifest = parsed(ordered_json::parse(text));
  } catch (const ordered_json::exception& error) {
    throw InputError(error.what());
  }
  if (to_json(manifest) != text) throw InputError("it is not in the form in which assay writes it");
  return manifest;
}

}  // namespace assay::results::bundle
