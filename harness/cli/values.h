// What the values of options are: how they are called in help, read from text and completed.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/options.h"
#include "results/record/enums.h"

namespace assay::cli {

/// Any text, completed by `candidates` where there are some.
Kind<std::string> text(std::string name, Candidates candidates = {});
/// A path, completed to file names.
Kind<std::string> file();
Kind<std::string> run_id();
Kind<std::string> suite_name();
Kind<std::string> claim_set();
Kind<std::string> system_id();
Kind<std::string> operation_name();

/// "2026-11-25"
Kind<std::string> date();
/// Seconds, from "500ms" or "2s".
Kind<double> duration();
/// A share in (0, 1), from "1%" or "0.01".
Kind<double> share();
/// Bytes, from "8" or "64 KiB".
Kind<double> bytes();
/// Finite and above zero.
Kind<double> number_above_zero(std::string name);

/// One of `choices`.
Kind<std::string> choice(std::string name, std::vector<std::string> choices);
Kind<results::record::Mode> mode();
Kind<results::record::Division> division();
Kind<results::record::Status> status();

/// One of `choices`, by its name.
template <class T>
Kind<T> choice(std::string name, std::vector<std::pair<std::string, T>> choices);

/// A whole number from `least`, which is not negative, to `most`.
template <std::integral T>
Kind<T> count(T least = 1, T most = std::numeric_limits<T>::max());
/// A number that makes a random choice repeatable.
template <std::unsigned_integral T>
Kind<T> seed();

/// The same kind, called `name`.
template <class T>
Kind<T> named(std::string name, Kind<T> kind) {
  kind.name = std::move(name);
  return kind;
}

/// "cold or hot", "a, b or c".
std::string alternatives(const std::vector<std::string>& words);

/// The place of `text` among `choices`. Throws InputError with the nearest where it is none.
std::size_t place_among(const std::vector<std::string>& choices, const std::string& text,
                        const std::string& place);
/// Throws InputError unless the text is a whole number in that range.
std::uint64_t whole_number(const std::string& text, const std::string& place, std::uint64_t least,
                           std::uint64_t most);

template <class T>
Kind<T> choice(std::string name, std::vector<std::pair<std::string, T>> choices) {
  Kind<T> out;
  out.name = std::move(name);
  for (const auto& [word, value] : choices) out.choices.push_back(word);
  out.candidates = [words = out.choices] { return words; };
  out.read = [words = out.choices, choices = std::move(choices)](const std::string& text,
                                                                 const std::string& place) {
    return choices[place_among(words, text, place)].second;
  };
  return out;
}

template <std::integral T>
Kind<T> count(T least, T most) {
  Kind<T> out;
  out.name = "COUNT";
  out.read = [least, most](const std::string& text, const std::string& place) {
    return static_cast<T>(whole_number(text, place, static_cast<std::uint64_t>(least),
                                       static_cast<std::uint64_t>(most)));
  };
  return out;
}

template <std::unsigned_integral T>
Kind<T> seed() {
  return named("SEED", count<T>(0));
}

}  // namespace assay::cli
