#include "results/bundle/manifest.h"

#include <fmt/format.h>

#include <concepts>
#include <type_traits>

#include "kernels/error.h"
#include "results/record/codec.h"
#include "results/record/run_keys.h"

namespace assay::results::bundle {

constexpr const char* kFormat = "assay-bundle";

/// A run as the manifest contains it. `T` is Run or const Run.
template <typename T>
struct RunWithoutPlan {
  T& run;
};

template <typename Archive, typename T>
void keys(Archive& archive, const RunWithoutPlan<T>& part) {
  keys_without_plan(archive, part.run);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Part>
void keys(Archive& archive, T& part) {
  archive("name", part.name);
  archive("bytes", part.bytes);
  archive("sha256", part.sha256);
  archive("content_bytes", part.content_bytes);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Manifest>
void keys(Archive& archive, T& manifest) {
  std::string format = kFormat;
  archive("format", format);
  archive("schema", manifest.schema);
  archive("written_by", manifest.written_by);
  RunWithoutPlan<std::conditional_t<std::is_const_v<T>, const record::Run, record::Run>> run = {
      manifest.run};
  archive("run", run);
  archive("record_schema", manifest.record_schema);
  archive("records", manifest.records);
  archive("catalogue", manifest.catalogue);
  archive("parts", manifest.parts);
}

namespace {

template <typename T>
T key_of(const record::JsonValue& json, const record::JsonPath& path, const char* key) {
  T value{};
  record::JsonObject object(json, path);
  record::JsonReader::read(object.take(key), {&path, key}, value);
  return value;
}

void require_schema(std::string_view what, int schema, int readable) {
  if (schema >= 1 && schema <= readable) return;
  throw InputError(fmt::format("this assay cannot read {} schema {}", what, schema),
                   fmt::format("upgrade assay if a newer version wrote the bundle; this one reads "
                               "{} schema {}",
                               what, readable));
}

}  // namespace

std::string to_json(const Manifest& manifest) {
  return record::encode(manifest, {.indent = 2}) + "\n";
}

Manifest manifest_from_json(std::string_view text) {
  const record::JsonDocument document(text, "manifest");
  const record::JsonPath path = {nullptr, {}, "manifest"};
  // Another version may have other keys, so its number is read first.
  if (key_of<std::string>(document.root(), path, "format") != kFormat) {
    throw InputError("its format is not that of a bundle");
  }
  require_schema("bundle", key_of<int>(document.root(), path, "schema"), kBundleSchema);
  require_schema("record", key_of<int>(document.root(), path, "record_schema"),
                 record::kRecordSchema);
  Manifest manifest;
  record::JsonReader::read(document.root(), path, manifest);
  if (to_json(manifest) != text) throw InputError("it is not in the form in which assay writes it");
  return manifest;
}

}  // namespace assay::results::bundle
