#include "harness/worker/child.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>

#include <csignal>

#include "kernels/error.h"

namespace assay::harness::worker {
namespace {

using testing::HasSubstr;

Child shell(const std::string& script, const std::map<std::string, std::string>& environment = {}) {
  return Child::start("/bin/sh", {"-c", script}, environment);
}

TEST(Child, AnswersLineByLine) {
  Child child = shell("while read line <&3; do echo \"heard $line\" >&3; done");
  std::string line;
  child.send("one");
  child.send("two");
  EXPECT_EQ(child.receive(line, 60), Child::Event::line);
  EXPECT_EQ(line, "heard one");
  EXPECT_EQ(child.receive(line, 60), Child::Event::line);
  EXPECT_EQ(line, "heard two");
}

TEST(Child, TellsHowItEndedAndItsLastOutput) {
  Child child = shell("echo first; echo 'terminate called' >&2; kill -ABRT $$");
  std::string line;
  EXPECT_EQ(child.receive(line, 60), Child::Event::closed);
  const Exit exit = child.finish();
  EXPECT_EQ(exit.signal, SIGABRT);
  EXPECT_EQ(exit.text(), "SIGABRT");
  EXPECT_EQ(child.last_output(), "terminate called");
}

#ifndef __SANITIZE_ADDRESS__  // see close_memory()
TEST(Child, OfTheSameUserCannotWriteToThisMemory) {
  prctl(PR_SET_DUMPABLE, 1);
  const Child child = shell("exit 0");
  EXPECT_EQ(prctl(PR_GET_DUMPABLE), 0);
}
#endif

TEST(Child, CannotFillTheMemoryByItsOutput) {
  // Both streams and the child's own children share what is kept.
  Child child =
      shell("echo begin; head -c 20000000 /dev/zero | tr '\\0' 'x'; echo end >&2; echo done >&3");
  std::string line;
  EXPECT_EQ(child.receive(line, 60), Child::Event::line);
  EXPECT_EQ(line, "done");
  EXPECT_TRUE(child.output_is_cut());
  EXPECT_EQ(child.last_output().substr(0, 3), "xxx");
}

TEST(Child, KeepsTheOutputOfBothStreamsInTheirOrder) {
  Child child = shell("echo first; echo second >&2; echo third; echo done >&3");
  std::string line;
  EXPECT_EQ(child.receive(line, 60), Child::Event::line);
  EXPECT_EQ(child.last_output(), "third");
  EXPECT_FALSE(child.output_is_cut());
}

TEST(Child, TellsItsExitCode) {
  Child child = shell("exit 7");
  std::string line;
  EXPECT_EQ(child.receive(line, 60), Child::Event::closed);
  EXPECT_EQ(child.finish().text(), "exit code 7");
}

TEST(Child, ThatCannotBeStartedIsAnErrorThatNamesTheProgram) {
  try {
    Child::start("/no/such/program", {}, {});
    FAIL() << "started";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("/no/such/program: No such file"));
  }
}

TEST(Child, IsKilledWhenItDoesNotAnswer) {
  Child child = shell("read line <&3; read line <&3");
  std::string line;
  EXPECT_EQ(child.receive(line, 0.001), Child::Event::timed_out);
  EXPECT_EQ(child.finish().signal, SIGKILL);
}

TEST(Child, SetsVariablesOnlyWhereTheyAreUnset) {
  setenv("ASSAY_TEST_SET", "mine", 1);
  unsetenv("ASSAY_TEST_UNSET");
  Child child = shell("echo \"$ASSAY_TEST_SET $ASSAY_TEST_UNSET\" >&3",
                      {{"ASSAY_TEST_SET", "theirs"}, {"ASSAY_TEST_UNSET", "given"}});
  std::string line;
  EXPECT_EQ(child.receive(line, 60), Child::Event::line);
  EXPECT_EQ(line, "mine given");
  unsetenv("ASSAY_TEST_SET");
}

TEST(Child, IsNotEndedByTheInterruptOfItsGroup) {
  Child child = shell("kill -INT $$; echo alive >&3");
  std::string line;
  EXPECT_EQ(child.receive(line, 60), Child::Event::line);
  EXPECT_EQ(line, "alive");
}

/// The helper that the child has started and named.
pid_t helper_of(Child& child, std::string& id) {
  EXPECT_EQ(child.receive(id, 60), Child::Event::line);
  return static_cast<pid_t>(std::stol(id));
}

TEST(Child, ThatCrashesIsSeenAtOnceThoughItsHelperKeepsTheChannelOpen) {
  Child child = shell("sleep 1000 & echo $! >&3; kill -SEGV $$");
  std::string line;
  const pid_t helper = helper_of(child, line);
  EXPECT_EQ(child.receive(line, 60), Child::Event::closed);
  EXPECT_EQ(child.finish().signal, SIGSEGV);
  EXPECT_NE(kill(helper, 0), 0) << "the helper outlived the worker";
}

TEST(Child, EndsWithItsHelperInAnotherSession) {
  Child child = shell("setsid sh -c 'echo $$ >&3; exec sleep 1000' & read line <&3");
  std::string line;
  const pid_t helper = helper_of(child, line);
  EXPECT_EQ(child.finish().signal, SIGKILL);
  EXPECT_NE(kill(helper, 0), 0) << "the helper outlived the worker";
}

TEST(Child, EndsWithAHelperWhoseParentHasEnded) {
  Child child = shell("(setsid sh -c 'echo $$ >&3; exec sleep 1000' &); read line <&3; exit 5");
  std::string line;
  const pid_t helper = helper_of(child, line);
  child.send("end");
  EXPECT_EQ(child.receive(line, 60), Child::Event::closed);
  EXPECT_EQ(child.finish().code, 5);
  EXPECT_NE(kill(helper, 0), 0) << "the helper outlived the worker";
}

TEST(Child, SaysItsLastWordsThoughItHasEnded) {
  Child child = shell("sleep 1000 & echo done >&3");
  std::string line;
  EXPECT_EQ(child.receive(line, 60), Child::Event::line);
  EXPECT_EQ(line, "done");
  EXPECT_EQ(child.receive(line, 60), Child::Event::closed);
  EXPECT_EQ(child.finish().text(), "exit code 0");
}

TEST(Interrupt, LeavesASignalIgnoredThatIsIgnored) {
  signal(SIGHUP, SIG_IGN);
  const Interrupt interrupt;
  kill(getpid(), SIGHUP);
  EXPECT_NO_THROW(interrupt.check());
  signal(SIGHUP, SIG_DFL);
}

TEST(Interrupt, EndsAWaitForAChild) {
  const Interrupt interrupt;
  Child child = shell("read line <&3");
  kill(getpid(), SIGTERM);
  std::string line;
  try {
    child.receive(line, 60, &interrupt);
    FAIL() << "the wait went on";
  } catch (const Interrupted& interrupted) {
    EXPECT_EQ(interrupted.signal, SIGTERM);
  }
}

TEST(Interrupt, DoesNothingUntilASignalComes) {
  const Interrupt interrupt;
  EXPECT_NO_THROW(interrupt.check());
}

}  // namespace
}  // namespace assay::harness::worker
