#include "results/record/texts.h"

#include "kernels/secrets.h"
#include "kernels/sha256.h"
#include "results/record/parse_json.h"
#include "results/record/printable.h"

namespace assay::results::record {
namespace {

using nlohmann::json;

constexpr const char* kMaskedText = "[masked]";

std::size_t mask_text(std::string& text) {
  std::string safe = without_known_secrets(text);
  if (safe == text) return 0;
  text = std::move(safe);
  return 1;
}

/// Masks a value that is a secret by itself or by the name that it has.
std::size_t mask_value(const std::string& key, std::string& value) {
  if (value.empty()) return 0;
  const std::string before = key + ": ", all = before + value;
  const std::string safe = without_known_secrets(all);
  const std::size_t masked = mask_text(value);
  if (safe == before + value) return masked;
  // The name makes a secret of the whole value.
  value = kMaskedText;
  return safe == all ? 0 : 1;
}

std::size_t mask(json& value);

/// Masks the members of an object. Variables of an environment are masked as they would have been
/// left out when it was recorded.
std::size_t mask_members(json& object, bool variables) {
  std::size_t masked = 0;
  json out = json::object();
  for (auto& [key, value] : object.items()) {
    if (value.is_string()) {
      std::string text = value.get<std::string>();
      const bool named = variables && may_name_secret(key) && !text.empty() && text != kMaskedText;
      if (named) text = kMaskedText;
      masked += named ? 1 : mask_value(key, text);
      value = std::move(text);
    } else if (value.is_object()) {
      masked += mask_members(value, key == "variables" || key == "variables_not_used");
    } else {
      masked += mask(value);
    }
    std::string name = key;
    masked += mask_text(name);
    out[name] = std::move(value);
  }
  object = std::move(out);
  return masked;
}

/// Masks the strings of a JSON value. Returns how many it changed.
std::size_t mask(json& value) {
  if (value.is_object()) return mask_members(value, false);
  std::size_t masked = 0;
  if (value.is_string()) {
    std::string text = value.get<std::string>();
    masked = mask_text(text);
    if (masked > 0) value = std::move(text);
  } else if (value.is_array()) {
    for (auto& item : value) masked += mask(item);
  }
  return masked;
}

/// Masks an environment. A text that is not JSON is masked as it stands.
std::size_t mask_environment(std::string& text) {
  auto parsed = parse_json<json>(text);
  if (parsed.is_discarded()) return mask_text(text);
  const std::size_t masked = mask(parsed);
  if (masked > 0) text = parsed.dump(-1, ' ', false, json::error_handler_t::replace);
  return masked;
}

void visit_all(Properties& properties, const std::function<void(std::string&)>& visit) {
  for (auto& [key, value] : properties) visit(value);
}

/// Adds the beginning of an id, by which the verbs take it, if something was masked there.
void note_place(std::size_t masked, std::string_view kind, const std::string& id,
                std::vector<std::string>* places) {
  if (masked > 0 && places != nullptr) places->push_back(std::string(kind) + ' ' + id.substr(0, 8));
}

std::size_t mask_environments(RecordSet& record_set, std::vector<std::string>* places) {
  std::size_t masked = 0;
  std::map<std::string, std::string> renamed, all;
  for (auto& [hash, text] : record_set.environments) {
    const std::size_t here = mask_environment(text);
    masked += here;
    note_place(here, "environment", hash, places);
    const std::string name = here > 0 ? sha256(text) : hash;
    if (here > 0) renamed[hash] = name;
    all[name] = std::move(text);
  }
  record_set.environments = std::move(all);
  const auto rename = [&](std::string& environment) {
    if (const auto found = renamed.find(environment); found != renamed.end()) {
      environment = found->second;
    }
  };
  for (Run& run : record_set.runs) rename(run.environment);
  for (Record& record : record_set.records) rename(record.environment);
  return masked;
}

template <typename T>
std::string first_secret_of(T copy) {
  std::string found;
  for_each_text(copy, [&](std::string& text) {
    if (!found.empty()) return;
    std::string safe = without_known_secrets(text);
    if (safe != text) found = std::move(safe);
  });
  return found;
}

}  // namespace

void for_each_text(Record& record, const std::function<void(std::string&)>& visit) {
  visit(record.problem);
  visit(record.operation);
  visit(record.reason);
  for (Note& note : record.notes) visit(note.text);
  DeviceIdentity& device = record.device;
  for (std::string* text : {&device.backend, &device.name, &device.vendor, &device.kind,
                            &device.unique_id, &device.bus_id, &device.driver, &device.types}) {
    visit(*text);
  }
  visit_all(device.properties, visit);
  visit(record.implementation.name);
  visit_all(record.implementation.details, visit);
  visit(record.check.method);
  visit(record.check.where);
  visit(record.sensors.throttle);
  visit(record.energy.source);
  visit(record.imported_from.file);
}

void for_each_text(Run& run, const std::function<void(std::string&)>& visit) {
  visit(run.suite);
  visit(run.command);
  visit(run.host);
}

void make_printable(RecordSet& record_set) {
  const auto clean = [](std::string& text) {
    if (!is_printable(text)) text = printable(text);
  };
  const auto clean_name = [](std::string& text) { text = printable_line(text); };
  for (Record& record : record_set.records) {
    for_each_text(record, clean);
    for (std::string* name : {&record.problem, &record.operation, &record.device.name,
                              &record.implementation.name, &record.imported_from.file}) {
      clean_name(*name);
    }
  }
  for (Run& run : record_set.runs) for_each_text(run, clean_name);
}

std::size_t mask_secrets(Properties& properties) {
  std::size_t masked = 0;
  Properties out;
  for (auto& [key, value] : properties) {
    std::string name = key;
    masked += mask_value(key, value) + mask_text(name);
    out[name] = std::move(value);
  }
  properties = std::move(out);
  return masked;
}

std::size_t mask_secrets(DeviceIdentity& device) {
  std::size_t masked = mask_secrets(device.properties);
  for (std::string* text : {&device.backend, &device.name, &device.vendor, &device.kind,
                            &device.unique_id, &device.bus_id, &device.driver, &device.types}) {
    masked += mask_text(*text);
  }
  return masked;
}

std::size_t mask_secrets(Record& record) {
  std::size_t masked =
      mask_secrets(record.device.properties) + mask_secrets(record.implementation.details);
  for_each_text(record, [&](std::string& text) { masked += mask_text(text); });
  return masked;
}

std::size_t mask_secrets(RecordSet& record_set, std::vector<std::string>* places) {
  std::size_t masked = 0;
  for (Record& record : record_set.records) {
    const std::size_t here = mask_secrets(record);
    note_place(here, "record", record.id, places);
    masked += here;
  }
  for (Run& run : record_set.runs) {
    std::size_t here = mask_environment(run.plan);
    for_each_text(run, [&](std::string& text) { here += mask_text(text); });
    note_place(here, "run", run.id, places);
    masked += here;
  }
  return masked + mask_environments(record_set, places);
}

std::string first_secret(const Record& record) {
  // Samples are the most of a record and hold no text.
  Record copy = record;
  std::string found = first_secret_of(copy);
  if (found.empty() && mask_secrets(copy) > 0) found = "a property";
  return found;
}

std::string first_secret(const Run& run) {
  std::string found = first_secret_of(run);
  std::string plan = run.plan;
  if (found.empty() && mask_environment(plan) > 0) found = "the plan";
  return found;
}

std::string first_secret(const std::string& environment_json) {
  std::string copy = environment_json;
  return mask_environment(copy) > 0 ? "the environment" : "";
}

std::string without_secrets_in(const std::string& json_text) {
  std::string copy = json_text;
  mask_environment(copy);
  return copy;
}

}  // namespace assay::results::record
