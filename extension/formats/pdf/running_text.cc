#include "formats/pdf/running_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"
#include "formats/option_error.h"
#include "formats/options.h"

namespace pgexport::pdf {

namespace {

constexpr std::array<std::string_view, 6> kNames = {"title", "page", "pages",
                                                    "date",  "user", "filters"};

Placeholder require_placeholder(std::string_view option, std::string_view name) {
  const auto *found = std::find(kNames.begin(), kNames.end(), name);
  if (found != kNames.end()) return static_cast<Placeholder>(found - kNames.begin() + 1);
  throw Error(
      sqlstate::invalid_parameter_value,
      "unknown placeholder \"{" + excerpt(name) + "}\" in option \"" + std::string(option) + "\"",
      "The placeholders are {title}, {page}, {pages}, {date}, {user} and {filters}.",
      did_you_mean(nearest_name(name, kNames), "Write {{ and }} for braces."));
}

}  // namespace

bool is_placeholder(std::string_view name) {
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

RunningPart::RunningPart(std::string_view option, std::string_view text) {
  std::string literal;
  const auto end_literal = [&] {
    if (!literal.empty()) pieces_.push_back({Placeholder::none, std::move(literal)});
    literal.clear();
  };
  while (!text.empty()) {
    const char c = text[0];
    if (text.starts_with("{{") || text.starts_with("}}")) {
      literal += c;
      text.remove_prefix(2);
      continue;
    }
    if (c != '{' && c != '}') {
      literal += c;
      text.remove_prefix(1);
      continue;
    }
    const std::size_t end = c == '{' ? text.find('}') : std::string_view::npos;
    if (end == std::string_view::npos) {
      throw option_error(option, "has a brace without its counterpart", text,
                         "Write {{ and }} for braces.");
    }
    end_literal();
    pieces_.push_back({require_placeholder(option, text.substr(1, end - 1)), {}});
    text.remove_prefix(end + 1);
  }
  end_literal();
}

bool RunningPart::empty() const { return pieces_.empty(); }

std::string RunningPart::fill(const RunningFacts &facts, int page, int pages) const {
  std::string filled;
  for (const Piece &piece : pieces_) {
    switch (piece.placeholder) {
      case Placeholder::none: filled += piece.text; break;
      case Placeholder::title: filled += facts.title; break;
      case Placeholder::page: filled += std::to_string(page); break;
      case Placeholder::pages: filled += std::to_string(pages); break;
      case Placeholder::date: filled += facts.date; break;
      case Placeholder::user: filled += facts.user; break;
      case Placeholder::filters: filled += facts.filters; break;
    }
  }
  return filled;
}

RunningLine parse_running_line(std::string_view option, std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t bar = 0; bar != std::string_view::npos;) {
    bar = text.find('|');
    parts.push_back(text.substr(0, bar));
    text.remove_prefix(bar == std::string_view::npos ? text.size() : bar + 1);
  }
  if (parts.size() > 3) {
    throw option_error(option, "must have at most three parts, separated by \"|\"",
                       std::to_string(parts.size()) + " parts");
  }
  const bool alone = parts.size() == 1;
  const std::string_view centre = alone ? parts[0] : parts.size() == 3 ? parts[1] : "";
  return {RunningPart(option, alone ? "" : parts.front()), RunningPart(option, centre),
          RunningPart(option, alone ? "" : parts.back())};
}

}  // namespace pgexport::pdf
