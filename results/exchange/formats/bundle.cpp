// A bundle: one run as a portable, hashed file (results/bundle/bundle.h).
#include "results/bundle/bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "kernels/error.h"
#include "results/exchange/format.h"

namespace assay::results {
extern const Exporter bundle_exporter;
extern const Importer bundle_importer;

namespace {

void write(const Parcel& parcel, const ExportStamp& stamp, std::ostream& out) {
  if (parcel.runs.size() != 1) {
    throw InputError(fmt::format("a bundle holds one run, and these are {}", parcel.runs.size()),
                     "write a file for each");
  }
  const Run& run = parcel.runs.front();
  const auto suite = parcel.suites.find(run.suite);
  const BundleContents contents = {run, parcel.records, parcel.environments,
                                   suite == parcel.suites.end() ? "" : suite->second};
  const std::string bytes = write_bundle(contents, stamp.assay_version);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

Parcel read(const ImportFile& file) {
  BundleContents contents = read_bundle(file.content, file.name).contents;
  Parcel parcel;
  parcel.runs.push_back(std::move(contents.run));
  parcel.records = std::move(contents.records);
  parcel.environments = std::move(contents.environments);
  return parcel;
}

}  // namespace

const Exporter bundle_exporter = {
    "bundle", "one run with all that belongs to it; see `assay verify`", true, write};

const Importer bundle_importer = {"bundle", "what export wrote as bundle", is_bundle, read};

}  // namespace assay::results
