// What stands where on the pages of a written document.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "pdf_fixtures.h"

namespace pgexport {

// One piece of text as it was drawn, from its start on the baseline; y downwards from the upper
// edge of the page.
struct PlacedText {
  double x, y, size;
  std::string text;
};

struct PageText {
  double width = 0, height = 0;
  std::vector<PlacedText> texts;

  bool has(std::string_view text) const { return find(text) != nullptr; }
  const PlacedText *find(std::string_view text) const {
    const auto found = std::find_if(texts.begin(), texts.end(),
                                    [text](const PlacedText &t) { return t.text == text; });
    return found == texts.end() ? nullptr : &*found;
  }
  std::size_t count(std::string_view text) const {
    return static_cast<std::size_t>(std::count_if(
        texts.begin(), texts.end(), [text](const PlacedText &t) { return t.text == text; }));
  }
  // The texts that begin with `start`, in the order of drawing.
  std::vector<std::string> starting(std::string_view start) const {
    std::vector<std::string> found;
    for (const PlacedText &t : texts) {
      if (t.text.starts_with(start)) found.push_back(t.text);
    }
    return found;
  }
};

// Reads the operators that show text in the simple fonts; characters beyond ASCII are not read.
inline std::vector<PlacedText> read_texts(const std::string &stream, double height) {
  std::vector<PlacedText> texts;
  std::vector<double> numbers;
  double x = 0, y = 0, size = 0;
  std::size_t at = 0;
  const auto take_string = [&] {
    std::string text;
    for (++at; stream[at] != ')'; ++at) {
      if (stream[at] == '\\') ++at;
      text += stream[at];
    }
    ++at;
    return text;
  };
  while (at < stream.size()) {
    const char c = stream[at];
    if (c == '(') {
      const std::string text = take_string();
      texts.push_back({x, height - y, size, text});
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0 || c == '[' || c == ']') {
      ++at;
    } else {
      std::size_t end = stream.find_first_of(" \n()[]", at + 1);
      if (end == std::string::npos) end = stream.size();
      const std::string token = stream.substr(at, end - at);
      at = end;
      char *rest;
      const double number = std::strtod(token.c_str(), &rest);
      if (*rest == '\0') {
        numbers.push_back(number);
        continue;
      }
      const std::size_t n = numbers.size();
      if (token == "BT") x = y = 0;
      if (token == "Td" && n >= 2) x += numbers[n - 2], y += numbers[n - 1];
      if (token == "Tf" && n >= 1) size = numbers[n - 1];
      numbers.clear();
    }
  }
  return texts;
}

inline std::vector<PageText> read_pages(std::string_view document) {
  const PdfReader reader(document);
  std::vector<PageText> pages;
  for (const auto &[number, object] : reader.objects()) {
    if (object.dictionary.find("/Type/Page/") == std::string::npos) continue;
    PageText page;
    std::istringstream box(object.dictionary.substr(object.dictionary.find("/MediaBox[") + 10));
    double zero;
    box >> zero >> zero >> page.width >> page.height;
    page.texts = read_texts(reader.page(pages.size()), page.height);
    pages.push_back(std::move(page));
  }
  return pages;
}

}  // namespace pgexport
