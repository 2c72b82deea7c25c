#include "results/bundle/parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/sha256.h"
#include "results/bundle/archive.h"
#include "results/bundle/gzip.h"

namespace assay::results::bundle {

namespace {

constexpr std::string_view kCompressed = ".gz";

std::string folder_of(const Manifest& manifest) {
  return "assay-" + manifest.run.id.substr(0, 8) + "/";
}

std::string sum_line(const std::string& sha256, std::string_view name) {
  return fmt::format("{}  {}\n", sha256, name);
}

/// An entry of the archive, with its folder separated from its name.
struct Entry {
  std::string folder, name;
  std::string_view content;
  std::string sha256;
};

std::vector<Entry> entries_of(std::string_view bytes, const std::string& file) {
  const auto without_folder = [](const std::string& name) {
    return name.substr(name.find('/') + 1);
  };
  std::vector<Entry> out;
  try {
    for (const ArchiveView& view : read_archive(bytes)) {
      const std::string name = without_folder(view.name);
      const std::string folder = view.name.substr(0, view.name.size() - name.size());
      out.push_back({folder, name, view.content, sha256(view.content)});
    }
  } catch (const ArchiveError& error) {
    throw DamagedBundle(file, {{without_folder(error.entry()), error.what()}});
  }
  return out;
}

/// Compares the entries with SHA256SUMS, which lists all other entries.
void check_sums(const std::vector<Entry>& entries, const std::string& file) {
  const Entry& sums = entries.back();
  if (sums.name != kSumsPart) {
    throw DamagedBundle(file, {{std::string(kSumsPart), "is not the last part"}});
  }
  std::vector<Damage> damage;
  std::string wanted;
  for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
    const std::string line = sum_line(entries[i].sha256, entries[i].name);
    wanted += line;
    if (sums.content.find(line) != std::string_view::npos) continue;
    // If the manifest has the part's hash, SHA256SUMS was changed and not the part.
    if (entries.front().content.find(entries[i].sha256) != std::string_view::npos) continue;
    damage.push_back(
        {entries[i].name, fmt::format("differs from its description in {}", kSumsPart)});
  }
  if (damage.empty() && sums.content != wanted) {
    damage.push_back({std::string(kSumsPart), "does not list the parts"});
  }
  if (!damage.empty()) throw DamagedBundle(file, std::move(damage));
}

Manifest manifest_of(const Entry& entry, const std::string& file) {
  if (entry.name != kManifestPart) {
    throw DamagedBundle(file, {{std::string(kManifestPart), "is not the first part"}});
  }
  try {
    return manifest_from_json(entry.content);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}: {}", file, kManifestPart, error.what()), error.hint());
  }
}

/// Compares the entries with the manifest, which lists all except itself and SHA256SUMS.
void check_manifest(const Manifest& manifest, const std::vector<Entry>& entries,
                    const std::string& file) {
  const auto refuse = [&](std::string_view part, const std::string& what) {
    throw DamagedBundle(file, {{std::string(part), what}});
  };
  if (manifest.parts.size() + 2 != entries.size()) refuse(kManifestPart, "lists other parts");
  for (std::size_t i = 0; i < manifest.parts.size(); ++i) {
    const Part& part = manifest.parts[i];
    const Entry& entry = entries[i + 1];
    if (part.name != entry.name || part.bytes != entry.content.size() ||
        part.sha256 != entry.sha256) {
      refuse(entry.name, fmt::format("differs from its description in {}", kManifestPart));
    }
  }
  for (const Entry& entry : entries) {
    if (entry.folder != folder_of(manifest)) refuse(entry.name, "is not in the run's folder");
  }
}

}  // namespace

void PartWriter::add(std::string_view name, std::string_view content) {
  stored_.push_back(name.ends_with(kCompressed) ? gzip(content) : std::string(content));
  parts_.push_back(
      {std::string(name), stored_.back().size(), sha256(stored_.back()), content.size()});
}

std::string PartWriter::finish(Manifest manifest) {
  manifest.parts = parts_;
  const std::string folder = folder_of(manifest), text = to_json(manifest);
  std::string sums = sum_line(sha256(text), kManifestPart);
  std::vector<ArchiveEntry> entries = {{folder + std::string(kManifestPart), text}};
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    sums += sum_line(parts_[i].sha256, parts_[i].name);
    entries.push_back({folder + parts_[i].name, std::move(stored_[i])});
  }
  entries.push_back({folder + std::string(kSumsPart), std::move(sums)});
  return archive_of(entries);
}

bool Parts::has(std::string_view name) const {
  return stored.contains(std::string(name));
}

std::string Parts::content(std::string_view name) const {
  const auto part = std::find_if(manifest.parts.begin(), manifest.parts.end(),
                                 [&](const Part& other) { return other.name == name; });
  if (part == manifest.parts.end()) {
    throw InputError(fmt::format("{} is missing", name), "the bundle was not written by assay");
  }
  const std::string_view bytes = stored.at(part->name);
  if (!name.ends_with(kCompressed)) return std::string(bytes);
  try {
    return gunzip(bytes, part->content_bytes);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", name, error.what()), error.hint());
  }
}

Parts read_parts(std::string_view bytes, const std::string& file) {
  const std::vector<Entry> entries = entries_of(bytes, file);
  if (entries.size() < 2) throw DamagedBundle(file, {{"", "contains no parts"}});
  check_sums(entries, file);
  Parts parts;
  parts.manifest = manifest_of(entries.front(), file);
  check_manifest(parts.manifest, entries, file);
  for (const Entry& entry : entries) parts.stored.emplace(entry.name, entry.content);
  return parts;
}

}  // namespace assay::results::bundle
