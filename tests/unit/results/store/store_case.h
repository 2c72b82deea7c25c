// A store of each kind, in a file and on a server, for tests that apply to all of them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "kernels/error.h"
#include "kernels/sha256.h"
#include "results/store/database/statements.h"
#include "results/store/store.h"
#include "tests/postgresql/server.h"
#include "tests/schema/random_record.h"

namespace assay::results::store {

/// A temporary folder with random records.
class StoreCase : public testing::Test {
 protected:
  StoreCase() {
    std::string pattern = (std::filesystem::temp_directory_path() / "assay-store-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    file_ = folder_ / "assay.db";
  }
  ~StoreCase() override { std::filesystem::remove_all(folder_); }

  /// A run that is in the store.
  static record::Run begun(Store& store, const std::string& started = "2026-11-24T10:00:00.000Z") {
    const record::Run run{new_id(), started, "", "quick", "assay run", "host", "0.1.0", "[]", ""};
    store.begin(run);
    return run;
  }

  record::Record record_of(const record::Run& run,
                           const std::string& started = "2026-11-24T10:00:01.000Z") {
    record::Record record = random_.next();
    record.id = new_id();
    record.run = run.id;
    record.started = started;
    return record;
  }

  /// A good record, with a right result.
  static record::Record good(record::Record record, const std::string& problem) {
    record.origin = record::Origin::measured;
    record.device.modelled = false;
    record.status = record::Status::ok;
    record.check.outcome = kernels::Outcome::right;
    record.problem = problem;
    record.device.name = "one device";
    record.device.backend = "cpu";
    record.device.unique_id = record.device.bus_id = "";
    record.device.index = 0;
    record.implementation.name = "library/one";
    record.settings.mode = results::record::Mode::cold;
    return record;
  }

  /// Message and hint of the error when opening a store.
  static std::string refusal(const StoreAddress& address, Access access) {
    try {
      Store::open(address, access).runs();
    } catch (const InputError& error) {
      return std::string(error.what()) + " / " + error.hint();
    }
    return "opened without complaint";
  }

  std::filesystem::path folder_, file_;
  RandomRecords random_{3};
};

enum class Place { file, server };

/// A new database on the server of the tests.
inline std::string new_database() {
  static int count = 0;
  const std::string name = "test_" + std::to_string(++count);
  Database(PostgresServer::instance().url("postgres"), Access::write)
      .execute("CREATE DATABASE " + name);
  return name;
}

/// Why stores on a server cannot be tested; empty if they can.
inline std::string why_no_server() {
  if (const std::string& why = PostgresServer::instance().why_not(); !why.empty()) return why;
  try {
    Database(PostgresServer::instance().url("postgres"), Access::write);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

class StoreTest : public StoreCase, public testing::WithParamInterface<Place> {
 protected:
  void SetUp() override {
    address_ = file_.string();
    if (GetParam() == Place::file) return;
    if (const std::string why = why_no_server(); !why.empty()) GTEST_SKIP() << why;
    address_ = PostgresServer::instance().url(new_database());
  }

  /// Runs SQL directly on the database. Returns the error.
  std::string execute(const std::string& sql) const {
    try {
      Database(address_, Access::write).execute(sql);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  std::string address_;
};

#define ASSAY_FOR_EACH_PLACE(suite)                                                                \
  INSTANTIATE_TEST_SUITE_P(, suite, testing::Values(Place::file, Place::server), [](auto& place) { \
    return place.param == Place::file ? "File" : "Server";                                         \
  })

}  // namespace assay::results::store
