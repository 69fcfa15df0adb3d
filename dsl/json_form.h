// The JSON form of a template: {"language": 1, "template": {"name": …, "sections": […], …}}.
//
// It says what the tree says, with comments and without places: from_json(to_json(tree)) == tree.
// What is absent has its default.  The keys are those of dsl/json_fields.h, described in
// docs/template-language.md.
#pragma once

#include <string>
#include <string_view>

#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// Raised when a form changes its meaning; a reader refuses what it does not know.
inline constexpr int kLanguageVersion = 1;

// Keys in a fixed order, indented by two spaces.
std::string to_json(const Template &tree);

// Accepts exactly the trees that a text can say.  Throws Error 22023 that names the place by its
// JSON pointer for an unknown key, a wrong type, a name that is none …; 54000 for a limit.
Template from_json(std::string_view text);

}  // namespace pgexport::dsl
