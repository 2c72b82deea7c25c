// A bundle: one run as a portable, hashed file (results/bundle/bundle.h).
#include "results/bundle/bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "kernels/error.h"
#include "results/exchange/format.h"

namespace assay::results::exchange {
extern const Exporter bundle_exporter;
extern const Importer bundle_importer;

namespace {

void write_bundle(const record::RecordSet& record_set, const ExportStamp& stamp,
                  std::ostream& out) {
  if (record_set.runs.size() != 1) {
    throw InputError(fmt::format("a bundle contains one run, not {}", record_set.runs.size()),
                     "write one file per run");
  }
  const record::Run& run = record_set.runs.front();
  const auto suite = record_set.suites.find(run.suite);
  const bundle::BundleContents contents = {run, record_set.records, record_set.environments,
                                           suite == record_set.suites.end() ? "" : suite->second};
  const std::string bytes = write_bundle(contents, stamp.assay_version);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

record::RecordSet read_bundle(const ImportFile& file) {
  bundle::BundleContents contents = bundle::read_bundle(file.content, file.name).contents;
  record::RecordSet record_set;
  record_set.runs.push_back(std::move(contents.run));
  record_set.records = std::move(contents.records);
  record_set.environments = std::move(contents.environments);
  return record_set;
}

}  // namespace

const Exporter bundle_exporter = {
    "bundle", "one run with environments, plan and claims, all hashed", true, write_bundle};

const Importer bundle_importer = {"bundle", "a bundle written by assay", bundle::is_bundle,
                                  read_bundle};

}  // namespace assay::results::exchange
