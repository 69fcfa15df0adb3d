#include "dsl/diagnostics.h"

#include <algorithm>
#include <utility>

#include "dsl/limits.h"
#include "formats/option_error.h"
#include "formats/options.h"

namespace pgexport::dsl {

namespace {

constexpr std::size_t kContextBefore = 40;  // bytes of a long line that are shown before the place
constexpr std::size_t kFewCandidates = 16;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

std::string position(Place place) {
  return "line " + std::to_string(place.line) + ", column " + std::to_string(place.column);
}

std::string headline(const Diagnostic &diagnostic) {
  const std::string message =
      (diagnostic.severity == Severity::warning ? "warning: " : "") + diagnostic.message;
  return diagnostic.place.line == 0 ? message : position(diagnostic.place) + ": " + message;
}

}  // namespace

void Diagnostics::error(const char *state, Place place, std::string message, std::string hint) {
  if (full()) return;
  const bool known = std::any_of(list_.begin(), list_.end(), [&](const Diagnostic &other) {
    return other.severity == Severity::error && place.line > 0 && other.place.line > 0 &&
           other.place.offset == place.offset;
  });
  if (known) return;
  ++errors_;
  insert({Severity::error, state, std::move(message), std::move(hint), place});
}

void Diagnostics::warning(Place place, std::string message, std::string hint) {
  insert({Severity::warning, "01000", std::move(message), std::move(hint), place});
}

bool Diagnostics::full() const { return errors_ >= kMaxErrors; }

void Diagnostics::insert(Diagnostic diagnostic) {
  const auto after = std::upper_bound(
      list_.begin(), list_.end(), diagnostic,
      [](const Diagnostic &a, const Diagnostic &b) { return a.place.offset < b.place.offset; });
  list_.insert(after, std::move(diagnostic));
}

std::string caret_excerpt(std::string_view source, Place place) {
  if (place.line == 0 || place.offset > source.size()) return {};
  const std::size_t at = place.offset;
  const std::size_t newline = at == 0 ? std::string_view::npos : source.rfind('\n', at - 1);
  std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
  std::size_t end = std::min(source.find('\n', at), source.size());

  if (at - begin > kContextBefore) begin = at - kContextBefore;
  while (begin < at && (is_continuation(source[begin]) || source[begin] == ' ')) ++begin;
  end = std::min(end, begin + kMaxExcerpt);
  while (end > at && end < source.size() && is_continuation(source[end])) --end;
  while (end > at && (source[end - 1] == '\r' || source[end - 1] == ' ')) --end;

  const std::string before = excerpt(source.substr(begin, at - begin));
  return before + excerpt(source.substr(at, end - at)) + "\n" +
         std::string(characters(before), ' ') + "^";
}

std::string describe(const Diagnostic &diagnostic, std::string_view source) {
  std::string out = headline(diagnostic);
  const std::string lines = caret_excerpt(source, diagnostic.place);
  if (!lines.empty()) out += "\n" + lines;
  if (!diagnostic.hint.empty()) out += "\n" + diagnostic.hint;
  return out;
}

Error to_error(const Diagnostics &diagnostics, std::string_view source) {
  std::vector<const Diagnostic *> errors;
  for (const Diagnostic &diagnostic : diagnostics.list()) {
    if (diagnostic.severity == Severity::error) errors.push_back(&diagnostic);
  }
  const Diagnostic &first = *errors.front();
  std::string detail = caret_excerpt(source, first.place);
  for (std::size_t i = 1; i < errors.size(); ++i) {
    if (!detail.empty()) detail += "\n\n";
    detail += describe(*errors[i], source);
  }
  return {first.state, headline(first), std::move(detail), first.hint};
}

std::string suggest(std::string_view name, std::span<const std::string_view> candidates) {
  const std::string_view nearest = nearest_name(name, candidates);
  if (!nearest.empty()) return did_you_mean(nearest);
  if (candidates.empty() || candidates.size() > kFewCandidates) return {};
  std::string list;
  for (const std::string_view candidate : candidates) {
    if (!list.empty()) list += ", ";
    list += candidate;
  }
  return "Possible here: " + list + ".";
}

std::string quoted_excerpt(std::string_view text) { return "\"" + excerpt(text) + "\""; }

}  // namespace pgexport::dsl
