// Bundles, layer by layer: accepted input is written with the same bytes again, and other input
// gives only an InputError.
#include <string>

#include "kernels/error.h"
#include "results/bundle/archive.h"
#include "results/bundle/bundle.h"
#include "results/bundle/gzip.h"
#include "results/bundle/parts.h"
#include "results/bundle/rules.h"
#include "tests/fuzz/target.h"

using assay::fuzz::promise;

namespace {

using namespace assay;

template <typename Read>
void try_to(const Read& read) {
  try {
    read();
    assay::fuzz::accept();
  } catch (const assay::InputError&) {
    return;
  }
}

void archive(std::string_view bytes) {
  std::vector<results::bundle::ArchiveEntry> entries;
  for (const results::bundle::ArchiveView& view : results::bundle::read_archive(bytes)) {
    entries.push_back({view.name, std::string(view.content)});
  }
  promise(results::bundle::archive_of(entries) == bytes, "an archive has one form only");
}

void manifest(std::string_view text) {
  promise(to_json(results::bundle::manifest_from_json(text)) == text,
          "a manifest has one form only");
}

/// A bundle with correct sums in which each part is the text.
void contents(std::string_view text) {
  results::bundle::Manifest manifest;
  manifest.run.id = "0d9c1a6e-64dc-485f-97eb-d0a5599346ce";
  manifest.records = 1;
  results::bundle::PartWriter parts;
  parts.add(results::bundle::kPlanPart, text);
  parts.add(results::bundle::kClaimsPart, text);
  parts.add(results::bundle::kRecordsPart, text);
  const results::bundle::Bundle bundle =
      results::bundle::read_bundle(parts.finish(manifest), "bundle");
  for (const results::bundle::BundleRule& rule : results::bundle::bundle_rules())
    rule.judge(bundle);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = assay::fuzz::text_of(data, size);
  try_to([&] { archive(bytes); });
  try_to([&] { manifest(bytes); });
  try_to([&] { contents(bytes); });
  try_to([&] { results::bundle::read_bundle(bytes, "bundle"); });
  try_to([&] { results::bundle::gunzip(bytes, size * 3); });
  return 0;
}
