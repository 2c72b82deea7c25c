#include "results/record/json_library.h"

template class nlohmann::detail::serializer<nlohmann::json>;
template class nlohmann::detail::serializer<nlohmann::ordered_json>;
template class nlohmann::detail::lexer<nlohmann::json, assay::results::record::JsonString>;
template class nlohmann::detail::lexer<nlohmann::json, assay::results::record::JsonView>;
template class nlohmann::detail::lexer<nlohmann::ordered_json, assay::results::record::JsonString>;
template class nlohmann::detail::lexer<nlohmann::ordered_json, assay::results::record::JsonView>;
template class nlohmann::detail::parser<nlohmann::json, assay::results::record::JsonString>;
template class nlohmann::detail::parser<nlohmann::json, assay::results::record::JsonView>;
template class nlohmann::detail::parser<nlohmann::ordered_json, assay::results::record::JsonString>;
template class nlohmann::detail::parser<nlohmann::ordered_json, assay::results::record::JsonView>;
