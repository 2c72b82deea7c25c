// assay import FILE...: adds records measured elsewhere to the store, or writes published figures
// to a file of claims.
#include <fmt/format.h>
#include <sys/stat.h>

#include <iostream>
#include <map>
#include <memory>
#include <span>

#include "harness/cli/candidates.h"
#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/output_file.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "kernels/sha256.h"
#include "results/exchange/format.h"
#include "results/page/text.h"
#include "results/process/read_file.h"
#include "results/record/json_library.h"
#include "results/record/moment.h"
#include "results/record/printable.h"
#include "results/record/texts.h"
#include "results/store/store.h"

namespace assay::cli::import_ {
extern const Verb verb;

namespace {

using results::record::RecordSet;
using results::store::Store;

struct Arguments {
  std::vector<std::string> files;
  std::string format, output = "-";
  std::optional<results::store::StoreAddress> db;
  bool json = false;
};

/// The contents of one file.
struct ImportedFile {
  std::string file, format;
  std::vector<std::string> runs;
  std::size_t records = 0;
  std::vector<std::string> left_out;
};

std::string content_of(const std::string& path) {
  const std::string hint = "name a file of one of the formats that `assay import --help` lists";
  return path == "-" ? results::process::read_descriptor(
                           STDIN_FILENO, results::process::kLargestImport, "standard input", hint)
                     : results::process::read_file(path, results::process::kLargestImport, hint);
}

std::string changed(const std::string& path) {
  struct stat status = {};
  if (path == "-" || stat(path.c_str(), &status) != 0) return results::store::now_utc();
  return results::record::utc_text(static_cast<double>(status.st_mtim.tv_sec) +
                                   1e-9 * static_cast<double>(status.st_mtim.tv_nsec));
}

/// A file with the importer that reads it.
struct Source {
  std::string content;
  results::exchange::ImportFile file;
  const results::exchange::Importer* importer = nullptr;

  Source(const std::string& path, const std::string& format)
      : content(content_of(path)),
        file{path == "-" ? "standard input" : path, content, sha256(content), changed(path)},
        importer(format.empty() ? &results::exchange::recognise(file)
                                : &results::exchange::find_importer(format, "--format")) {}
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
};

ImportedFile read(const Source& source, RecordSet& into) {
  results::exchange::ImportFile file = source.file;
  std::vector<std::string> left_out;
  file.left_out = &left_out;
  RecordSet record_set = results::exchange::import_file(*source.importer, file);
  ImportedFile imported = {source.file.name,
                           std::string(source.importer->name),
                           {},
                           record_set.records.size(),
                           std::move(left_out)};
  for (const results::record::Run& run : record_set.runs) imported.runs.push_back(run.id);
  results::record::append(into, std::move(record_set));
  return imported;
}

/// Writes the claims of a file; they go to no store.
int write_claims(const Source& source, const Arguments& arguments) {
  const results::exchange::ImportedClaims claims = source.importer->claims(source.file);
  OutputFile file("--output", arguments.output);
  file.stream() << claims.toml;
  file.commit();
  if (arguments.json && arguments.output != "-") {
    const nlohmann::ordered_json out = {{"file", source.file.name},
                                        {"format", source.importer->name},
                                        {"claims", claims.claims},
                                        {"left_out", claims.left_out},
                                        {"output", arguments.output}};
    fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return kDone;
  }
  fmt::print(stderr, "{}: {}, {}\n", source.file.name, source.importer->name,
             results::page::counted(claims.claims, "claim"));
  for (const std::string& left_out : claims.left_out) {
    fmt::print(stderr, "{}", harness::terminal::wrapped("left out: " + left_out, 2));
  }
  return kDone;
}

void print_json(const std::vector<ImportedFile>& all, const results::store::Added& added,
                const std::string& store) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const ImportedFile& imported : all) {
    files.push_back({{"file", imported.file},
                     {"format", imported.format},
                     {"runs", imported.runs},
                     {"records", imported.records},
                     {"left_out", imported.left_out}});
  }
  const nlohmann::ordered_json out = {
      {"store", store},
      {"files", files},
      {"added",
       {{"runs", added.runs}, {"records", added.records}, {"environments", added.environments}}},
      {"known_records", added.known}};
  fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

void print_text(const std::vector<ImportedFile>& all, const results::store::Added& added,
                const std::string& store) {
  for (const ImportedFile& imported : all) {
    std::string text = fmt::format("{}: {}, {}", imported.file, imported.format,
                                   results::page::counted(imported.records, "record"));
    for (const std::string& run : imported.runs) text += ", run " + run.substr(0, 8);
    fmt::print("{}", harness::terminal::wrapped(text, 0));
  }
  const std::string known =
      added.known > 0
          ? fmt::format("; {} {} there already", results::page::counted(added.known, "record"),
                        added.known == 1 ? "was" : "were")
          : "";
  fmt::print("{}", harness::terminal::wrapped(
                       fmt::format("added {} of {} to {}{}",
                                   results::page::counted(added.records, "record"),
                                   results::page::counted(added.runs, "run"), store, known),
                       0));
}

/// Names what became no record. Returns whether there was anything.
bool print_left_out(const std::vector<ImportedFile>& all) {
  constexpr std::size_t kShown = 50;  // --json has all
  std::size_t count = 0;
  for (const ImportedFile& imported : all) {
    for (const std::string& left_out : imported.left_out) {
      if (++count > kShown) continue;
      fmt::print(stderr, "left out: {}\n", results::record::printable_line(left_out));
    }
  }
  if (count > kShown) fmt::print(stderr, "left out: {} more; --json lists all\n", count - kShown);
  return count > 0;
}

/// A record as it would be without knowing where it came from.
std::string contents_of(results::record::Record record) {
  results::record::RecordSet alone;
  record.origin = results::record::Origin::imported;
  record.imported_from = {};
  alone.records.push_back(std::move(record));
  results::record::make_printable(alone);
  results::record::mask_secrets(alone);
  return to_json(alone.records.front());
}

/// Names records that the store has with other contents: they are not added, and what is there
/// stays.
void name_unlike_known(const Store& store, const RecordSet& record_set,
                       std::vector<ImportedFile>& all) {
  std::map<std::string, const results::record::Record*> ours;
  for (const results::record::Record& record : record_set.records) {
    ours.emplace(record.id, &record);
  }
  for (ImportedFile& imported : all) {
    for (const std::string& run : imported.runs) {
      results::store::Filter filter;
      filter.run = run;
      store.for_each(filter, [&](std::span<const results::record::Record> known) {
        for (const results::record::Record& there : known) {
          const auto found = ours.find(there.id);
          if (found == ours.end()) continue;
          if (contents_of(*found->second) != contents_of(there)) {
            imported.left_out.push_back(
                fmt::format("{}: record {:.8}: the store has a record of this id with other "
                            "contents, which stays",
                            imported.file, there.id));
          }
          ours.erase(found);
        }
      });
    }
  }
}

int run(const Arguments& arguments) {
  RecordSet record_set;
  std::vector<ImportedFile> all;
  for (const std::string& path : arguments.files) {
    const Source source(path, arguments.format);
    if (source.importer->claims != nullptr && arguments.files.size() == 1) {
      return write_claims(source, arguments);
    }
    all.push_back(read(source, record_set));
  }
  if (arguments.output != "-") {
    throw InputError(
        fmt::format("--output {}: these files have records, which go to a store", arguments.output),
        "leave --output out; --db names the store");
  }
  Store store = open_store(store_address(arguments.db), results::store::Access::write);
  const results::store::Added added = store.add(record_set);
  if (added.known > 0) name_unlike_known(store, record_set, all);
  (arguments.json ? print_json : print_text)(all, added, store.name());
  return print_left_out(all) ? kFinding : kDone;
}

std::string formats_text() {
  std::string text = "Formats:\n";
  for (const results::exchange::Importer* importer : results::exchange::importers()) {
    text += fmt::format("  {:<18}{}\n", importer->name, importer->summary);
  }
  return text;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  options.argument(arguments->files, file(), "Files to import; - reads standard input").required =
      true;
  options
      .option("--format", arguments->format, text("FORMAT", importer_names),
              "Format of the files, see below")
      .default_rule = "recognised by their first bytes";
  options
      .option("-o,--output", arguments->output, file(),
              "File for the claims of a format that has no records; - prints them")
      .default_text = arguments->output;
  add_store_option(options, arguments->db, "add to");
  add_json_option(options, arguments->json);
  options.footer(
      formats_text() +
      "\nImported records keep their origin: they are shown as imported, support no claim\n"
      "and are compared with measured ones only on request. Either all files are added\n"
      "or none. Importing a file again adds nothing. Published results that are no\n"
      "records become a file of claims, for --catalogue of check and audit.\n"
      "\n"
      "Exit code 1: a line or benchmark of a file became no record; each is named.");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"import", "Add records measured elsewhere, marked as imported", add,
                   VerbGroup::trust};

}  // namespace assay::cli::import_
