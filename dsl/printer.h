// Writes the canonical text of a template.
//
// parse(print(tree)) == tree, and print(parse(text)) is the same for all texts that say the same:
// items in one order, two spaces per level, parentheses only where they are needed, words in lower
// case, names in quotes only where they must be.  Comments stay with what they stand at; one within
// an item that is printed in one line moves before it.
#pragma once

#include <string>
#include <string_view>

#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

std::string print(const Template &tree);

// One line, unless a literal has several.
std::string print_expression(const Expression &expression);

// `text` in double quotes, with what nobody sees escaped.
std::string print_text(std::string_view text);

}  // namespace pgexport::dsl
