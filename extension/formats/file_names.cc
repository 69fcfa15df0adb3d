#include "formats/file_names.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/text/letter_case.h"

namespace pgexport {

namespace {

constexpr std::size_t kMaxName = 100;
constexpr std::string_view kForbidden = "/\\:*?\"<>|\x7f";
constexpr std::array<std::string_view, 4> kDevices = {"aux", "con", "nul", "prn"};
constexpr std::array<std::string_view, 2> kNumberedDevices = {"com", "lpt"};

// Windows keeps them with any extension.
bool is_device(std::string_view name) {
  const std::string lower = lower_case(name.substr(0, name.find('.')));
  if (std::find(kDevices.begin(), kDevices.end(), lower) != kDevices.end()) return true;
  return lower.size() == 4 && lower[3] >= '1' && lower[3] <= '9' &&
         std::find(kNumberedDevices.begin(), kNumberedDevices.end(),
                   std::string_view(lower).substr(0, 3)) != kNumberedDevices.end();
}

// Cut between characters.
std::string_view prefix(std::string_view name, std::size_t size) {
  if (name.size() <= size) return name;
  while (size > 0 && (static_cast<std::uint8_t>(name[size]) & 0xC0) == 0x80) --size;
  return name.substr(0, size);
}

std::string_view without_ends(std::string_view name) {
  const std::size_t first = name.find_first_not_of(' ');
  const std::size_t last = name.find_last_not_of(" .");
  if (first == name.npos || last == name.npos) return {};
  return name.substr(first, last + 1 - first);
}

std::string allowed(std::string_view wanted) {
  std::string name(without_ends(prefix(wanted, kMaxName)));
  for (char &c : name) {
    const bool control = static_cast<std::uint8_t>(c) < 0x20;
    if (control || kForbidden.find(c) != std::string_view::npos) c = '_';
  }
  if (name.starts_with('.')) name[0] = '_';
  if (name.empty()) name = "table";
  return is_device(name) ? '_' + name : name;
}

}  // namespace

std::string FileNames::take(std::string_view wanted, std::string_view extension) {
  const std::string base = allowed(wanted);
  std::string name = base;
  for (int n = 2; !taken_.insert(lower_case(name)).second; ++n) {
    name = base + " (" + std::to_string(n) + ")";
  }
  return name.append(".").append(extension);
}

}  // namespace pgexport
