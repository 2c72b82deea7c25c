#include "harness/cli/report/signed_bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "kernels/error.h"
#include "results/bundle/bundle.h"
#include "results/page/text.h"
#include "results/record/record.h"

namespace assay::cli::report {
namespace {

using results::bundle::Signature;
using results::bundle::SignatureState;

/// The run that the bundle has must be one of the page's.
void require_run(const std::string& file, const std::string& run,
                 const results::report::ReportInput& input) {
  const auto is_run = [&](const auto& one) { return one.run.id == run; };
  if (std::ranges::any_of(input.runs, is_run) ||
      std::ranges::find(input.judged_runs, run, &results::record::Run::id) !=
          input.judged_runs.end()) {
    return;
  }
  const std::string id = results::page::short_id(run);
  throw InputError(
      fmt::format("--bundle {}: it contains run {}, which is not in this report", file, id),
      fmt::format("add --run {}; `assay import {}` brings it into the store", id, file));
}

void require_same_records(const std::string& file, const results::bundle::BundleContents& bundle,
                          const results::store::Store& store) {
  std::map<std::string, const results::record::Record*> signed_records;
  for (const auto& record : bundle.records) signed_records.emplace(record.id, &record);
  const auto stored = store.records({.run = bundle.run.id});
  const auto differs = [&](const results::record::Record& record) {
    const auto found = signed_records.find(record.id);
    return found == signed_records.end() || to_json(*found->second) != to_json(record);
  };
  const auto other = std::ranges::find_if(stored, differs);
  if (other != stored.end() || stored.size() != signed_records.size()) {
    throw InputError(
        fmt::format("--bundle {}: the store has other records of run {}{}", file,
                    results::page::short_id(bundle.run.id),
                    other == stored.end() ? std::string()
                                          : ", such as " + results::page::short_id(other->id)),
        "import the bundle into a store of its own (--db), and write the report from that");
  }
}

/// Who signed, with which key, and whether it is valid.
std::string text_of(const Signature& signature) {
  switch (signature.state) {
    case SignatureState::absent:
      return "not signed";
    case SignatureState::unchecked:
      return "signed, but the signature was not checked: " + signature.why;
    case SignatureState::valid:
      return fmt::format(
          "signed with the key {}; the signature is valid, whose key it is was not checked",
          signature.key);
    case SignatureState::trusted:
      return fmt::format("signed by {} with the key {}; the signature is valid and the key trusted",
                         signature.identity, signature.key);
    case SignatureState::invalid:
      return "THE SIGNATURE IS NOT VALID for this file: " + signature.why;
    case SignatureState::not_trusted:
      return fmt::format("signed with the key {}, WHICH IS NOT TRUSTED: {}", signature.key,
                         signature.why);
  }
  return "";
}

}  // namespace

results::report::SignedBundle signed_bundle(const std::string& file,
                                            const results::bundle::Signers& signers,
                                            const results::report::ReportInput& input,
                                            const results::store::Store& store) {
  const results::bundle::Bundle bundle = results::bundle::read_bundle_file(file);
  require_run(file, bundle.contents.run.id, input);
  require_same_records(file, bundle.contents, store);
  const Signature signature = check_signature(file, signers);
  const bool good = signature.state == SignatureState::trusted ||
                    (signature.state == SignatureState::valid && signers.file.empty());
  return {std::filesystem::path(file).filename().string(), bundle.sha256, bundle.contents.run.id,
          text_of(signature), good};
}

}  // namespace assay::cli::report
