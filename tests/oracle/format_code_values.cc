// Formats values for format_code_oracle.py.  Reads lines of type, value, language and format code,
// separated by tabs (see format_case.h); writes the text of each on a line of its own.
#include <iostream>
#include <string>

#include "format_case.h"

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const auto fields = pgexport::split_tabs(line);
    std::cout << pgexport::format_value(fields.at(0), fields.at(1), fields.at(2), fields.at(3))
              << '\n';
  }
}
