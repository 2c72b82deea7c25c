// Where a published figure or statement comes from, and how much weight it has.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay::results::claims {

/// A text that was read.
struct Source {
  std::string title, url, section;
  std::string date;  ///< of publication: "2025-06-15", "2025-06" or "2025"
  /// Who answers for the text: "Huawei". Sources of one publisher are not independent.
  std::string publisher;
  std::string read;     ///< date on which it was read
  std::string archive;  ///< address of an archived copy
  std::string sha256;   ///< of the text that was read

  /// Who answers for the text: the publisher if one is stated, else the host of the address, else
  /// the title.
  std::string voice() const;
  /// Those who answer for it, one by one, in a form in which "NVIDIA", "Nvidia Inc." and
  /// "developer.nvidia.com" are the same: {"huawei", "siliconflow"} of "Huawei and SiliconFlow".
  std::vector<std::string> parties() const;
};

/// Whether nobody answers for both texts.
bool independent(const Source& a, const Source& b);
/// Texts of which each has a party of its own: two texts of one maker count once, and a joint text
/// counts beside one of its parties. Joint texts are given their parties by augmenting paths (Kuhn,
/// The Hungarian Method, 1955). A text that would need a very long path does not count.
class IndependentTexts {
 public:
  /// Whether the text counts beside all those that count already.
  bool add(const Source& source);
  std::size_t number() const { return parties_.size(); }
  /// Parties that add() has looked at, over all texts.
  std::size_t steps() const { return steps_; }

 private:
  bool assign(std::size_t text, std::set<std::string>& tried);

  std::vector<std::vector<std::string>> parties_;  ///< of the texts that count
  std::map<std::string, std::size_t> owner_;       ///< party -> the text that has it
  std::size_t steps_ = 0;
};

/// How well a published figure is founded, from the best to the worst. A measurement made here
/// outweighs all of them; it is a record and not a published figure.
///
/// benchmark: a result of a standard or audited benchmark (MLPerf). specification: the maker's own
/// document. paper: a paper with its method. measurement: published by a third party that measured.
/// press: a news text, an analyst or a blog. social: a post. unverified: noted from memory and not
/// checked against its source; decides nothing.
enum class Standing { benchmark, specification, paper, measurement, press, social, unverified };
std::string_view name(Standing standing);
/// The names of all standings, the best first.
const std::vector<std::string>& standing_names();
/// The standing with one of those names.
Standing standing_of(std::string_view name);

/// Whether figures of standing `opponent` can contradict a figure of standing `own`: an equal or
/// better standing can, a lower one is only listed.
bool may_contradict(Standing opponent, Standing own);
/// Whether the agreement of such a figure corroborates another one: better than press.
bool may_corroborate(Standing standing);

}  // namespace assay::results::claims
