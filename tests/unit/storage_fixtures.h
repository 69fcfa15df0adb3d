// Values as PostgreSQL 15 stored them (x86-64), taken from heap pages with pageinspect, beside the
// text that PostgreSQL gives for them.  One line each: [type TAB] hex of the payload TAB text.
#pragma once

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace pgexport {

struct StoredValue {
  std::string bytes;
  std::string text;
};

inline std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

inline std::vector<StoredValue> read_stored_values(const std::string &file) {
  std::ifstream in(std::string(GOLDEN_DIR) + "/json/" + file);
  std::vector<StoredValue> values;
  for (std::string line; std::getline(in, line);) {
    const std::size_t text = line.rfind('\t') + 1;
    const std::size_t hex = text < 2 ? std::string::npos : line.rfind('\t', text - 2);
    const std::size_t start = hex == std::string::npos ? 0 : hex + 1;
    values.push_back({from_hex(line.substr(start, text - 1 - start)), line.substr(text)});
  }
  return values;
}

}  // namespace pgexport
