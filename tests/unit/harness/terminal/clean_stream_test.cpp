#include "harness/terminal/clean_stream.h"

#include <gtest/gtest.h>

namespace assay::harness::terminal {
namespace {

using Place = CleanStream::Place;

std::string passed(Place place, std::string_view text) {
  CleanStream stream(place);
  std::string out = stream.pass(text);
  return out + stream.rest();
}

TEST(CleanStream, LetsTextPass) {
  for (const Place place : {Place::file, Place::terminal, Place::live_terminal}) {
    EXPECT_EQ(passed(place, "a\tb\r\nÂ é – 昇腾\n"), "a\tb\r\nÂ é – 昇腾\n");
  }
}

TEST(CleanStream, ReplacesControlCharacters) {
  EXPECT_EQ(passed(Place::file, "\033[32mx\033]0;t\a\r"), "�[32mx�]0;t��");
  EXPECT_EQ(passed(Place::terminal, "\033[2Jx\x7f\u0085\u202e\r\033[K"), "�[2Jx�����[K");
}

TEST(CleanStream, LetsItsOwnColoursAndLiveLinePassOnATerminal) {
  EXPECT_EQ(passed(Place::terminal, "\033[32mx\033[0m"), "\033[32mx\033[0m");
  EXPECT_EQ(passed(Place::live_terminal, "\r\033[Kx"), "\r\033[Kx");
}

TEST(CleanStream, KnowsSequencesInPieces) {
  CleanStream stream(Place::live_terminal);
  std::string out;
  for (const char c : std::string_view("\r\033[K\033[1m\u0085é\u202e")) out += stream.pass({&c, 1});
  EXPECT_EQ(out + stream.rest(), "\r\033[K\033[1m�é�");
}

}  // namespace
}  // namespace assay::harness::terminal
