#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "kernels/error.h"
#include "kernels/sha256.h"
#include "results/store/store.h"

namespace assay::results::store {
namespace {

using testing::HasSubstr;

TEST(NewId, IsAUuidOfVersionFourAndEachTimeAnother) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = new_id();
    ASSERT_THAT(id, testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                          "[0-9a-f]{12}"));
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 1000u);
}

TEST(NowUtc, IsAnIsoMomentToTheMillisecond) {
  EXPECT_THAT(
      now_utc(),
      testing::MatchesRegex("20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z"));
}

TEST(Sha256, IsThatOfTheStandard) {
  // FIPS 180-4's example "abc".
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(DefaultStore, FollowsAssayDbThenXdgThenHome) {
  const auto with = [](const char* assay, const char* xdg) {
    assay ? setenv("ASSAY_DB", assay, 1) : unsetenv("ASSAY_DB");
    xdg ? setenv("XDG_DATA_HOME", xdg, 1) : unsetenv("XDG_DATA_HOME");
    return default_store().text();
  };
  setenv("HOME", "/home/ada", 1);
  EXPECT_EQ(with("/tmp/my.db", "/data"), "/tmp/my.db");
  EXPECT_EQ(with(nullptr, "/data"), "/data/assay/assay.db");
  EXPECT_EQ(with(nullptr, "relative"), "/home/ada/.local/share/assay/assay.db");
  EXPECT_EQ(with(nullptr, nullptr), "/home/ada/.local/share/assay/assay.db");
}

TEST(DefaultStore, IsAServerWhereAssayDbIsAUrl) {
  setenv("ASSAY_DB", "postgresql://ada:secret@results.example/assay", 1);
  EXPECT_TRUE(default_store().on_server());
  EXPECT_FALSE(default_store().is_missing());
  EXPECT_EQ(default_store().text(), "postgresql://ada:***@results.example/assay");
  EXPECT_EQ(default_store().url(), "postgresql://ada:secret@results.example/assay");
  unsetenv("ASSAY_DB");
}

TEST(StoreAddress, IsAFileUnlessItIsAUrl) {
  for (const char* file : {"a.db", "/x/y.db", "postgresql.db", "C:/x", "./a://b"}) {
    EXPECT_FALSE(StoreAddress(file).on_server()) << file;
    EXPECT_EQ(StoreAddress(file).text(), file);
  }
  EXPECT_TRUE(StoreAddress("postgres://host/name").on_server());
  for (const char* other : {"mysql://u:secret@h/d", "http://x/", "file:///x"}) {
    try {
      StoreAddress address(other);
      FAIL() << other;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("secret")));
      EXPECT_THAT(error.hint(), HasSubstr("postgresql://USER@HOST/DATABASE"));
    }
  }
}

TEST(StoreAddress, IsNoFileWhereAServerIsMeant) {
  for (const char* meant :
       {"host=db password=secret", " password = secret", "postgresql:ada:secret@db/assay",
        "PostgreSQL+psycopg://ada:secret@db/assay", "postgresql://ada:secret"}) {
    try {
      StoreAddress address(meant);
      FAIL() << meant;
    } catch (const InputError& error) {
      EXPECT_THAT(std::string(error.what()) + error.hint(), testing::Not(HasSubstr("secret")));
      EXPECT_THAT(error.hint(), HasSubstr("postgresql://USER@HOST"));
    }
  }
  EXPECT_FALSE(StoreAddress("./host=db").on_server());
}

TEST(StoreAddress, ShowsNoPassword) {
  const auto shown = [](const char* url) { return StoreAddress(url).text(); };
  EXPECT_EQ(shown("postgresql://h/d"), "postgresql://h/d");
  EXPECT_EQ(shown("postgresql://h:5432/d?sslmode=require"),
            "postgresql://h:5432/d?sslmode=require");
  EXPECT_EQ(shown("postgresql://u@h:1/d"), "postgresql://u@h:1/d");
  EXPECT_EQ(shown("postgresql://u:p%40:x@h:1/d"), "postgresql://u:***@h:1/d");
  EXPECT_EQ(shown("postgres://u@/d?host=/run&password=p%2Fx&sslpassword=q"),
            "postgres://u@/d?host=/run&password=***&sslpassword=***");
  EXPECT_EQ(shown("postgresql://h/d?bogus=q&sslmode=require&options=-cx%3Dq&p%61ssword=q&q&user=u"),
            "postgresql://h/d?bogus=***&sslmode=require&options=***&p%61ssword=***&***&user=u");
  EXPECT_EQ(shown("postgresql://h/d?"), "postgresql://h/d?");
  EXPECT_EQ(shown("postgresql://h/d?q=&"), "postgresql://h/d?q=&");
  // The end of the password is ambiguous.
  for (const char* unclear : {"postgresql://u:se@cret@h/d", "postgresql://u:se/cret@h/d"}) {
    try {
      shown(unclear);
      FAIL() << unclear;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("cret")));
      EXPECT_THAT(error.hint(), HasSubstr("%40"));
    }
  }
}

TEST(WithoutPasswords, HidesThemWhereverAUrlStands) {
  EXPECT_EQ(without_passwords("assay show --db=postgresql://u:p@h/d 'postgres://v:q@h' --json"),
            "assay show --db=postgresql://u:***@h/d 'postgres://v:***@h' --json");
  EXPECT_EQ(without_passwords("assay run --problem \"copy n=1\""),
            "assay run --problem \"copy n=1\"");
}

}  // namespace
}  // namespace assay::results::store
