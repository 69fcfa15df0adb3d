// What is wrong with a template: each fault with its place, and all of them at once.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "dsl/place.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

enum class Severity : std::uint8_t { error, warning };

struct Diagnostic {
  Severity severity = Severity::error;
  const char *state = "";  // SQLSTATE, static; of a warning "01000"
  std::string message;     // as in Error
  std::string hint;
  Place place;
};

// Collects faults.  Errors beyond kMaxErrors are dropped, and a place is reported once: what
// follows from a first error there would only hide it.
class Diagnostics {
 public:
  void error(const char *state, Place place, std::string message, std::string hint = {});
  void warning(Place place, std::string message, std::string hint = {});

  bool has_errors() const { return errors_ > 0; }
  bool full() const;

  // In the order of the text.
  const std::vector<Diagnostic> &list() const { return list_; }

 private:
  void insert(Diagnostic diagnostic);

  std::vector<Diagnostic> list_;
  std::size_t errors_ = 0;
};

// The line of `place` with a caret below its first character: two lines, the first one cut to 64
// bytes around the place and without control characters.  Empty if the place is nowhere.
std::string caret_excerpt(std::string_view source, Place place);

// "line 3, column 5: message", then the excerpt and the hint, each on lines of their own.
std::string describe(const Diagnostic &diagnostic, std::string_view source);

// All errors as one: the first one's state, message, excerpt and hint, the others in the detail.
// REQUIRES: has_errors().
Error to_error(const Diagnostics &diagnostics, std::string_view source);

// "Did you mean "x"?" for the nearest of `candidates`, or the list of them, if they are few.
std::string suggest(std::string_view name, std::span<const std::string_view> candidates);

// `text` in double quotes, cut and without control characters, as messages show it.
std::string quoted_excerpt(std::string_view text);

}  // namespace pgexport::dsl
