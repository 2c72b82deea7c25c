// Tests only for stores on a server.
#include <cstdlib>

#include "tests/unit/results/store/store_case.h"

namespace assay::results::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class StoreServer : public StoreCase {
 protected:
  void SetUp() override {
    if (const std::string why = why_no_server(); !why.empty()) GTEST_SKIP() << why;
    database_ = new_database();
    address_ = PostgresServer::instance().url(database_);
  }
  static std::string as_guest(const std::string& database) {
    return PostgresServer::instance().url(database, PostgresServer::kGuest);
  }
  /// Runs SQL as a user with all rights.
  static void administer(const std::string& address, const std::string& sql) {
    Database(address, Access::write).execute(sql);
  }
  /// Ends all connections to the store's database.
  void cut_off() const {
    administer(PostgresServer::instance().url("postgres"),
               "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
                   database_ + "'");
  }
  /// The message and the hint of what `work` throws.
  template <typename Work>
  static std::string failure(Work work) {
    try {
      work();
    } catch (const InputError& error) {
      return std::string(error.what()) + " / " + error.hint();
    }
    return "no failure";
  }

  std::string database_, address_;
};

TEST_F(StoreServer, GivesAHintIfTheConnectionIsRefused) {
  const PostgresServer& server = PostgresServer::instance();
  EXPECT_THAT(refusal(server.url("no_such"), Access::read),
              AllOf(HasSubstr("does not exist"), HasSubstr("createdb --encoding=UTF8 no_such")));
  EXPECT_THAT(refusal("postgresql://u@/d?host=" + folder_.string(), Access::read),
              AllOf(HasSubstr("No such file"), HasSubstr("whether the server runs")));
  EXPECT_THAT(refusal(server.url(database_, "guest"), Access::read),
              AllOf(HasSubstr("no password"), HasSubstr("~/.pgpass")));
  EXPECT_THAT(refusal(server.url(database_, "guest:mellon"), Access::read),
              AllOf(HasSubstr("password authentication failed"), HasSubstr("guest:***@"),
                    HasSubstr("check the user and the password"), Not(HasSubstr("mellon"))));
  EXPECT_THAT(refusal("postgresql://u:mel%lon@h/d", Access::read),
              AllOf(HasSubstr("not a URL"), Not(HasSubstr("lon@"))));
}

TEST_F(StoreServer, CreatesNothingWhenReading) {
  EXPECT_THAT(refusal(address_, Access::read), HasSubstr("contains no store yet"));
  EXPECT_THAT(refusal(address_, Access::read), HasSubstr("contains no store yet"));
}

TEST_F(StoreServer, LeavesAnotherApplicationsSchemaAsItIs) {
  administer(PostgresServer::instance().url("postgres"), "DROP DATABASE IF EXISTS foreign_one");
  Database(address_, Access::write)
      .execute(
          "DROP SCHEMA assay CASCADE; CREATE SCHEMA assay; CREATE TABLE assay.song (title TEXT)");
  for (const Access access : {Access::read, Access::write}) {
    EXPECT_THAT(refusal(address_, access), HasSubstr("another application"));
  }
}

TEST_F(StoreServer, TakesASchemaThatAnAdministratorMade) {
  Database(address_, Access::write)
      .execute("DROP SCHEMA assay CASCADE; CREATE SCHEMA assay AUTHORIZATION guest");
  Store store = Store::open(as_guest(database_), Access::write);
  store.put(record_of(begun(store)));
  EXPECT_EQ(Store::open(address_, Access::read).records({}).size(), 1u);
}

TEST_F(StoreServer, NamesTheMissingGrants) {
  EXPECT_THAT(refusal(as_guest(database_), Access::write),
              HasSubstr("GRANT CREATE ON DATABASE \"" + database_ + "\" TO \"guest\""));
  Store::open(address_, Access::write);
  EXPECT_THAT(refusal(as_guest(database_), Access::read),
              HasSubstr("GRANT USAGE ON SCHEMA assay TO \"guest\""));
  administer(address_,
             "GRANT USAGE ON SCHEMA assay TO guest; "
             "GRANT SELECT ON ALL TABLES IN SCHEMA assay TO guest");
  EXPECT_TRUE(Store::open(as_guest(database_), Access::read).runs().empty());
  EXPECT_THAT(failure([&] {
                Store store = Store::open(as_guest(database_), Access::write);
                begun(store);
              }),
              AllOf(HasSubstr("permission denied"), HasSubstr("GRANT")));
  administer(address_, "GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA assay TO guest");
  Store store = Store::open(as_guest(database_), Access::write);
  store.put(good(record_of(begun(store)), "copy n=1"));
  EXPECT_EQ(store.newest().size(), 1u);
}

TEST_F(StoreServer, KeepsWhatWasPutWhenTheConnectionIsLost) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store);
  store.put(record_of(run));
  cut_off();
  EXPECT_THAT(failure([&] { store.put(record_of(run)); }),
              AllOf(HasSubstr("the connection is lost"), HasSubstr("stored before is safe")));
  EXPECT_THAT(failure([&] { store.records({}); }), HasSubstr("the connection is lost"));
  EXPECT_EQ(Store::open(address_, Access::read).records({}).size(), 1u);
}

TEST_F(StoreServer, RollsBackAPushThatLosesItsConnection) {
  Store here = Store::open(file_, Access::write);
  const record::Run run = begun(here);
  std::vector<record::Record> records;
  for (int i = 0; i < 600; ++i) records.push_back(good(record_of(run), "copy n=1"));
  for (record::Record& record : records) record.environment = "";
  here.put(records);
  {
    Store there = Store::open(address_, Access::write);
    const auto cut = [&](std::size_t done, std::size_t) {
      if (done > 0) cut_off();
    };
    EXPECT_THAT(failure([&] { here.push(here.runs(), there, cut); }),
                HasSubstr("the connection is lost"));
  }
  Store there = Store::open(address_, Access::write);
  EXPECT_EQ(there.count(run.id), 512u);
  here.push(here.runs(), there, [](std::size_t, std::size_t) {});
  EXPECT_EQ(there.count(run.id), 600u);
}

TEST_F(StoreServer, ReplacesTextThatPostgresqlCannotStore) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store);
  record::Record record = record_of(run);
  record.device.name = std::string("A\0B\xff", 4);
  record.reason = std::string("nul \0 end", 9);
  store.put(record);
  const record::Record back = store.record(record.id).value();
  EXPECT_EQ(back.reason, "nul \xe2\x90\x80 end") << "a visible sign";
  EXPECT_EQ(store.records({.device = "a\xef\xbf\xbd"}).size(), 1u);

  for (const char* text :
       {"\xc0\xaf overlong", "\xe0\x80\xaf overlong", "\xf0\x80\x80\xaf overlong",
        "\xed\xa0\x80 surrogate", "\xf4\x90\x80\x80 beyond", "\xf5 beyond", "\x80 no beginning",
        "plain, then \xe2\x82", "\xe2\x28\xa1 broken"}) {
    record = record_of(run);
    record.device.name = text;
    EXPECT_NO_THROW(store.put(record)) << text;
  }
  record = record_of(run);
  record.device.name = "kept: \xed\x9f\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf \xe0\xa0\x80 \xc2\x80";
  store.put(record);
  EXPECT_EQ(store.records({.device = record.device.name}).size(), 1u);
}

TEST_F(StoreServer, IgnoresALanguageThatFoldsOtherLetters) {
  administer(PostgresServer::instance().url("postgres"),
             "CREATE DATABASE " + database_ +
                 "_de TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de' LOCALE 'C.UTF-8'");
  Store store = Store::open(PostgresServer::instance().url(database_ + "_de"), Access::write);
  const record::Run run = begun(store);
  record::Record record = record_of(run);
  record.problem = "copy ÄB Ω";
  store.put(record);
  EXPECT_EQ(store.records({.problem = "Äb"}).size(), 1u);
  EXPECT_EQ(store.records({.problem = "äb"}).size(), 0u);
}

TEST_F(StoreServer, RefusesADatabaseOfAnotherEncoding) {
  administer(PostgresServer::instance().url("postgres"),
             "CREATE DATABASE " + database_ +
                 "_latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE "
                 "template0");
  EXPECT_THAT(refusal(PostgresServer::instance().url(database_ + "_latin"), Access::write),
              AllOf(HasSubstr("LATIN1"), HasSubstr("createdb --encoding=UTF8")));
}

TEST_F(StoreServer, OfAnotherSchemaIsRefusedAndLeftUnchanged) {
  {
    Store store = Store::open(address_, Access::write);
    store.put(good(record_of(begun(store)), "copy n=1"));
    Database database(address_, Access::write);
    database.connection().set_schema(2);
  }
  for (const Access access : {Access::read, Access::write}) {
    EXPECT_THAT(refusal(address_, access), HasSubstr("has schema 2, which this assay cannot read"));
  }
}

}  // namespace
}  // namespace assay::results::store
