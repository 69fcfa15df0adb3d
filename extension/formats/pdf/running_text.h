// The lines at the head and the foot of every page.
//
// A line has up to three parts, separated by "|": one stands in the centre, two stand left and
// right, three left, in the centre and right.  A part may hold the placeholders {title} {page}
// {pages} {date} {user} {filters}; "{{" and "}}" are braces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/no_postgres.h"

namespace pgexport::pdf {

enum class Placeholder : std::uint8_t { none, title, page, pages, date, user, filters };

// What stands for the placeholders; the numbers of pages come with each page.
struct RunningFacts {
  std::string title;
  std::string date;
  std::string user;
  std::string filters;
};

class RunningPart {
 public:
  struct Piece {
    Placeholder placeholder;
    std::string text;  // if it is none
  };

  // Throws Error 22023, naming the option, for an unknown placeholder or a lone brace.
  RunningPart(std::string_view option, std::string_view text);

  bool empty() const;
  std::string fill(const RunningFacts &facts, int page, int pages) const;

  // For a document that numbers its pages itself.
  const std::vector<Piece> &pieces() const { return pieces_; }

 private:
  std::vector<Piece> pieces_;
};

// Whether {name} is a placeholder.
bool is_placeholder(std::string_view name);

struct RunningLine {
  RunningPart left, centre, right;
};

// Throws as above, and for more than three parts.
RunningLine parse_running_line(std::string_view option, std::string_view text);

}  // namespace pgexport::pdf
