// The JSON library, for each file that reads or writes JSON. Its lexer, parser and serializer are
// large templates; json_library.cpp instantiates them, so that no other file spends compile time on
// them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace assay::results::record {

// How the parser sees a std::string, and a std::string_view or a literal.
using JsonString = nlohmann::detail::iterator_input_adapter<std::string::const_iterator>;
using JsonView = nlohmann::detail::iterator_input_adapter<const char*>;

}  // namespace assay::results::record

extern template class nlohmann::detail::serializer<nlohmann::json>;
extern template class nlohmann::detail::serializer<nlohmann::ordered_json>;
extern template class nlohmann::detail::lexer<nlohmann::json, assay::results::record::JsonString>;
extern template class nlohmann::detail::lexer<nlohmann::json, assay::results::record::JsonView>;
extern template class nlohmann::detail::lexer<nlohmann::ordered_json,
                                              assay::results::record::JsonString>;
extern template class nlohmann::detail::lexer<nlohmann::ordered_json,
                                              assay::results::record::JsonView>;
extern template class nlohmann::detail::parser<nlohmann::json, assay::results::record::JsonString>;
extern template class nlohmann::detail::parser<nlohmann::json, assay::results::record::JsonView>;
extern template class nlohmann::detail::parser<nlohmann::ordered_json,
                                               assay::results::record::JsonString>;
extern template class nlohmann::detail::parser<nlohmann::ordered_json,
                                               assay::results::record::JsonView>;
