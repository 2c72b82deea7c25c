#include "harness/cli/options.h"

#include <gmock/gmock.h>

#include "harness/cli/completion.h"
#include "harness/cli/help.h"
#include "harness/cli/values.h"
#include "kernels/error.h"

namespace assay::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

enum class Order { name, size };

/// A program with one verb that has each kind of option.
class OptionsTest : public testing::Test {
 protected:
  OptionsTest() {
    Options& options = line_.add_verb("sort", "Sort files", "Change");
    options.argument(files_, file(), "Files to sort").required = true;
    options.option("-l,--limit", limit_, count<unsigned>(1, 100), "Most lines");
    options.option("--share", share_, share(), "Share to keep").default_value("5%");
    options.option("--wait", wait_, duration(), "How long to wait, e.g. 2s");
    options.option("--tag", tags_, text("TAG"), "A tag");
    options
        .option("--order", order_,
                choice<Order>("ORDER", {{"name", Order::name}, {"size", Order::size}}), "The order")
        .default_rule = "as the files say";
    Option& resume = options.option("--resume", resume_, text("RUN"), "Continue a run");
    resume.value_optional = true;
    Option& csv = options.flag("--csv", csv_, "Print CSV");
    Option& json = options.flag("--json", json_, "Print JSON");
    json.excludes = {&csv};
    options.option("--key", key_, file(), "Key").needs = {&json};
    line_.add_verb("hidden", "Not listed", "");
  }

  bool read(std::vector<const char*> words) {
    words.insert(words.begin(), "tool");
    return line_.read(static_cast<int>(words.size()), words.data());
  }

  /// "what|hint" of the error that these words end in.
  std::string refusal(const std::vector<const char*>& words) {
    try {
      read(words);
    } catch (const InputError& error) {
      return error.what() + std::string("|") + error.hint();
    }
    return "none";
  }

  std::string help() { return help_text(line_, *line_.verb_named("sort")); }

  CommandLine line_{"tool", "A tool", "1.2"};
  std::vector<std::string> files_, tags_;
  unsigned limit_ = 0;
  double share_ = 0;
  std::optional<double> wait_;
  Order order_ = Order::name;
  std::optional<std::string> resume_;
  bool csv_ = false, json_ = false;
  std::string key_;
};

TEST_F(OptionsTest, ValuesAreReadIntoTheirTypes) {
  ASSERT_TRUE(read({"sort", "a", "--limit", "3", "--wait", "500ms", "--order", "size", "b"}));
  EXPECT_EQ(line_.chosen()->verb(), "sort");
  EXPECT_THAT(files_, ElementsAre("a", "b"));
  EXPECT_EQ(limit_, 3u);
  EXPECT_DOUBLE_EQ(*wait_, 0.5);
  EXPECT_EQ(order_, Order::size);
  EXPECT_DOUBLE_EQ(share_, 0.05);
}

TEST_F(OptionsTest, ARepeatableOptionTakesOneValueEachTime) {
  ASSERT_TRUE(read({"sort", "--tag", "x", "a", "--tag=y"}));
  EXPECT_THAT(tags_, ElementsAre("x", "y"));
  EXPECT_THAT(files_, ElementsAre("a"));
}

TEST_F(OptionsTest, AnOptionalValueMayBeLeftOut) {
  ASSERT_TRUE(read({"sort", "a", "--resume"}));
  EXPECT_EQ(resume_, "");
  ASSERT_TRUE(read({"sort", "a", "--resume", "0d9c"}));
  EXPECT_EQ(resume_, "0d9c");
}

TEST_F(OptionsTest, AnErrorNamesTheOptionTheTextAndTheReason) {
  EXPECT_EQ(refusal({"sort", "a", "--limit", "many"}),
            "--limit many: is not a whole number|write a whole number from 1 to 100");
  EXPECT_THAT(refusal({"sort", "a", "-l", "0"}), HasSubstr("--limit 0: is too small"));
  EXPECT_THAT(refusal({"sort", "a", "-l", "-1"}), HasSubstr("--limit -1: is too small"));
  EXPECT_THAT(refusal({"sort", "a", "-l", "101"}), HasSubstr("--limit 101: is too large"));
  EXPECT_THAT(refusal({"sort", "a", "--order", "sise"}),
              "--order sise: is not name or size|did you mean `size`?");
  EXPECT_THAT(refusal({"sort", "a", "--wait", "soon"}), HasSubstr("--wait"));
  EXPECT_THAT(refusal({"sort", "a", "--share", "5"}), HasSubstr("--share"));
}

TEST_F(OptionsTest, RelationsBetweenOptionsAreEnforced) {
  EXPECT_EQ(refusal({"sort"}), "FILE: is missing|`tool sort --help` lists its options");
  EXPECT_EQ(refusal({"sort", "a", "--csv", "--json"}),
            "--json: cannot be combined with --csv|leave one of them out");
  EXPECT_EQ(refusal({"sort", "a", "--key", "k"}), "--key: needs --json|add --json");
}

TEST_F(OptionsTest, NoVerbIsLeftToTheProgram) {
  EXPECT_TRUE(read({}));
  EXPECT_EQ(line_.chosen(), nullptr);
}

TEST_F(OptionsTest, UsageErrorsNameTheNearestWord) {
  EXPECT_EQ(refusal({"sotr"}), "there is no verb `sotr`|did you mean `sort`?");
  EXPECT_EQ(refusal({"sort", "a", "--limt", "3"}),
            "unexpected argument `--limt`|did you mean `--limit`?");
  EXPECT_EQ(refusal({"sort", "a", "--limit"}), "--limit: its value is missing|write --limit COUNT");
  EXPECT_EQ(refusal({"sort", "a", "--limit", "1", "--limit", "2"}),
            "--limit: is given more than once|leave one out");
  EXPECT_EQ(refusal({"sort", "a", "--json=3"}), "--json: takes no value|write it alone");
}

TEST_F(OptionsTest, HelpWinsOverBadValues) {
  testing::internal::CaptureStdout();
  EXPECT_FALSE(read({"sort", "--limit", "many", "--help"}));
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("Usage: tool sort [OPTIONS] FILE"));
}

TEST_F(OptionsTest, HelpNamesValuesChoicesAndDefaults) {
  EXPECT_THAT(help(), HasSubstr("  -l, --limit COUNT  Most lines\n"));
  EXPECT_THAT(help(), HasSubstr("Share to keep (default 5%)\n"));
  EXPECT_THAT(help(), HasSubstr("The order: name or size (default: as the files say)\n"));
  EXPECT_THAT(help(), HasSubstr("--resume [RUN]"));
  EXPECT_THAT(help(), HasSubstr("A tag; may be repeated\n"));
  EXPECT_THAT(help_text(line_), Not(HasSubstr("hidden")));
  EXPECT_THAT(help_text(line_), HasSubstr("\nChange:\n  sort  "));
}

TEST_F(OptionsTest, CompletionOffersVerbsOptionsAndChoices) {
  const auto words = [&](const std::vector<std::string>& typed) {
    return complete(line_, typed).words;
  };
  EXPECT_THAT(words({""}), ElementsAre("sort"));
  EXPECT_THAT(words({"sort", "--l"}), ElementsAre("--limit"));
  EXPECT_THAT(words({"sort", "--order", ""}), ElementsAre("name", "size"));
  EXPECT_TRUE(complete(line_, std::vector<std::string>{"sort", ""}).files);
  EXPECT_FALSE(complete(line_, std::vector<std::string>{"sort", "--limit", ""}).files);
}

}  // namespace
}  // namespace assay::cli
