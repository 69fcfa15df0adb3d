#include "dsl/quote.h"

#include "core/error.h"

namespace pgexport::dsl {

std::string quote_identifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  quoted += '"';
  return quoted;
}

std::string quote_qualified(std::string_view schema, std::string_view name) {
  return quote_identifier(schema) + "." + quote_identifier(name);
}

std::string quote_operator(std::string_view schema, std::string_view name) {
  if (name.empty() || name.find_first_not_of("+-*/<>=~!@#%^&|`?") != std::string_view::npos) {
    throw Error(sqlstate::internal_error, "the catalogue has an operator without a valid name");
  }
  return "OPERATOR(" + quote_identifier(schema) + "." + std::string(name) + ")";
}

}  // namespace pgexport::dsl
