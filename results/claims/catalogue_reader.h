// Reads a table of a TOML file; errors name the file, the line and the key.
#pragma once

#include <toml++/toml.h>

#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/claims/catalogue_file.h"

namespace assay::results::claims {

class Reader {
 public:
  Reader(const toml::table& table, std::string file, std::string path)
      : table_(table), file_(std::move(file)), path_(std::move(path)) {}

  Place place() const { return {file_, table_.source().begin.line}; }

  [[noreturn]] void fail(std::string_view key, const std::string& what,
                         const std::string& hint = {}) const;

  /// Throws InputError if the table has any other key.
  void allow(std::initializer_list<std::string> keys) const;
  void allow(std::span<const std::string> keys) const;

  bool has(std::string_view key) const { return table_.contains(key); }
  bool is_text(std::string_view key) const;

  std::string text(std::string_view key) const;
  std::string optional_text(std::string_view key) const;
  bool flag(std::string_view key) const;
  double number(std::string_view key, double fallback, double lowest, double highest) const;
  std::vector<std::string> texts(std::string_view key) const;
  std::vector<Reader> tables(std::string_view key) const;
  /// The tables inside the table `key`, by name.
  std::map<std::string, Reader> named_tables(std::string_view key) const;
  std::map<std::string, std::string> named_texts(std::string_view key) const;
  /// Whole numbers of at least 1.
  std::map<std::string, int> named_counts(std::string_view key) const;
  Reader inner(std::string_view key) const { return {table(key), file_, name_of(key)}; }
  /// An id: lower-case words joined by hyphens.
  std::string id() const;
  /// One of `choices`; the error lists them.
  std::string choice(std::string_view key, std::span<const std::string> choices) const;

 private:
  std::string name_of(std::string_view key) const;
  const toml::table& table(std::string_view key) const;

  const toml::table& table_;
  std::string file_, path_;
};

/// The [sources] of a file by key.
using Sources = std::map<std::string, Source>;
Sources read_sources(const Reader& root);

/// `value` with its `uncertainty`, `standing`, `source`, `scope` and `note`. The value must have
/// the dimension of `quantity` (a name such as "peak.bf16"); if that is empty, it may have any.
/// `key` is the key of the value, which may be a range or a bound: see parse_value().
Property read_figure(const Reader& reader, const Sources& sources, const std::string& quantity,
                     const std::string& key = "value");
/// Only `standing` and `source`, without a value.
Property read_citation(const Reader& reader, const Sources& sources);
Comparison read_comparison(const Reader& reader);

System read_system(const Reader& reader, const Sources& sources);
System read_workload(const Reader& reader, const Sources& sources);
Share read_share(const Reader& reader, const Sources& sources);
Claim read_claim(const Reader& reader, const Sources& sources);
Relation read_relation(const Reader& reader, const Sources& sources);
Rule read_rule(const Reader& reader, const Sources& sources);
Reading read_reading(const Reader& reader);
Metric read_metric(const Reader& reader);
Contest read_contest(const Reader& reader);

}  // namespace assay::results::claims
