#include "formats/charts/text_fit.h"

#include <algorithm>
#include <map>

namespace pgexport {

namespace {

constexpr std::string_view kEllipsis = "…";
constexpr std::size_t kMaxCharacters = 200;

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// Code point at `at`, for valid UTF-8; anything for what is not.
char32_t code_point(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return lead;
  char32_t code = lead < 0xE0 ? lead & 0x1FU : lead < 0xF0 ? lead & 0x0FU : lead & 0x07U;
  for (++at; at < text.size() && is_continuation(text[at]); ++at) {
    code = code << 6 | (static_cast<unsigned char>(text[at]) & 0x3FU);
  }
  return code;
}

// Combining marks, variation selectors, joiners and skin tones belong to the character before.
bool joins_previous(char32_t code) {
  return (code >= 0x300 && code <= 0x36F) || (code >= 0x1AB0 && code <= 0x1AFF) ||
         (code >= 0x1DC0 && code <= 0x1DFF) || (code >= 0x20D0 && code <= 0x20FF) ||
         (code >= 0xFE00 && code <= 0xFE0F) || (code >= 0xFE20 && code <= 0xFE2F) ||
         code == 0x200D || (code >= 0x1F3FB && code <= 0x1F3FF);
}

// Where the text may be cut, without its end; the first is 0.
std::vector<std::size_t> cuts_of(std::string_view text) {
  constexpr char32_t kJoiner = 0x200D;
  std::vector<std::size_t> cuts;
  bool after_joiner = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && is_continuation(text[i])) continue;
    const char32_t code = code_point(text, i);
    if (i == 0 || (!joins_previous(code) && !after_joiner)) cuts.push_back(i);
    after_joiner = code == kJoiner;
  }
  return cuts;
}

// Sums of widths differ in their last bits.
constexpr double kTolerance = 1e-6;

std::string cut_at(std::string_view text, std::size_t at) {
  std::string_view start = text.substr(0, at);
  while (start.ends_with(' ')) start.remove_suffix(1);
  return start.empty() ? std::string() : std::string(start) + std::string(kEllipsis);
}

// C0 and C1 controls, space, and the spaces and line ends of Unicode.
bool is_blank(char32_t code) {
  return code <= 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x1680 ||
         (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x205F ||
         code == 0x3000;
}

std::string one_line(std::string_view text) {
  std::string line;
  bool blank = false;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    while (end < text.size() && is_continuation(text[end])) ++end;
    if (is_blank(code_point(text, i))) {
      blank = !line.empty();
    } else {
      if (blank) line += ' ';
      blank = false;
      line += text.substr(i, end - i);
    }
    i = end;
  }
  return line;
}

// The text if it fits, else the longest candidate(n) that does, 0 < n < limit; empty if none.
template <typename Candidate>
std::string longest_fitting(Surface &surface, std::string_view text, double width,
                            const TextStyle &style, std::size_t limit, Candidate candidate) {
  if (surface.text_width(text, style) <= width + kTolerance) return std::string(text);
  std::size_t fits = 0;
  std::size_t too_long = limit;
  while (too_long > fits + 1) {
    const std::size_t middle = fits + (too_long - fits) / 2;
    const bool ok = surface.text_width(candidate(middle), style) <= width + kTolerance;
    (ok ? fits : too_long) = middle;
  }
  return fits == 0 ? std::string() : candidate(fits);
}

// Start and end of the text, the end up to as long as the start.
std::string shortened_inside(Surface &surface, std::string_view text, double width,
                             const TextStyle &style) {
  const std::vector<std::size_t> cuts = cuts_of(text);
  return longest_fitting(surface, text, width, style, cuts.size(), [&](std::size_t n) {
    const std::size_t tail = n / 2;
    return cut_at(text, cuts[n - tail]) +
           (tail > 0 ? std::string(text.substr(cuts[cuts.size() - tail])) : std::string());
  });
}

}  // namespace

std::string label_line(std::string_view text) {
  constexpr std::size_t kMostBytes = 16 * kMaxCharacters;  // of a longer text no more is looked at
  const std::string line = one_line(text.substr(0, kMostBytes));
  const std::vector<std::size_t> cuts = cuts_of(line);
  if (cuts.size() > kMaxCharacters) return cut_at(line, cuts[kMaxCharacters - 1]);
  return text.size() > kMostBytes && !cuts.empty() ? cut_at(line, cuts.back()) : line;
}

std::string shortened(Surface &surface, std::string_view text, double width,
                      const TextStyle &style) {
  const std::vector<std::size_t> cuts = cuts_of(text);
  return longest_fitting(surface, text, width, style, cuts.size(),
                         [&](std::size_t n) { return cut_at(text, cuts[n]); });
}

std::vector<std::string> shortened_apart(Surface &surface, const std::vector<std::string> &texts,
                                         const std::vector<double> &widths,
                                         const TextStyle &style) {
  std::vector<std::string> results;
  std::map<std::string_view, std::string_view> seen;  // result, text
  bool apart = true;
  results.reserve(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    results.push_back(shortened(surface, texts[i], widths[i], style));
    const auto [entry, is_new] = seen.emplace(results.back(), texts[i]);
    apart = apart && (is_new || entry->second == texts[i]);
  }
  if (apart) return results;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    results[i] = shortened_inside(surface, texts[i], widths[i], style);
  }
  return results;
}

std::vector<std::string> wrapped(Surface &surface, std::string_view text, double width,
                                 std::size_t max_lines, const TextStyle &style) {
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < max_lines) {
    if (lines.size() + 1 == max_lines || surface.text_width(text, style) <= width + kTolerance) {
      lines.push_back(shortened(surface, text, width, style));
      return lines;
    }
    std::size_t end = std::min(text.find(' '), text.size());
    while (end < text.size()) {
      const std::size_t next = std::min(text.find(' ', end + 1), text.size());
      if (surface.text_width(text.substr(0, next), style) > width + kTolerance) break;
      end = next;
    }
    lines.push_back(shortened(surface, text.substr(0, end), width, style));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

double widest(Surface &surface, const std::vector<std::string> &lines, const TextStyle &style) {
  double width = 0;
  for (const std::string &line : lines) width = std::max(width, surface.text_width(line, style));
  return width;
}

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !is_continuation(byte); }));
}

}  // namespace pgexport
