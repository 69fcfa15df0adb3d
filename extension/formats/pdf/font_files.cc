#include "formats/pdf/font_files.h"

#include <algorithm>

namespace pgexport {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

FontFiles default_font_files() {
  return {{
      {"/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
       "/usr/share/fonts/truetype/liberation2/LiberationSans-Bold.ttf"},
      {"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
       "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"},
      {"/usr/share/fonts/truetype/vlgothic/VL-Gothic-Regular.ttf"},
      {"/usr/share/fonts/truetype/nanum/NanumGothic.ttf",
       "/usr/share/fonts/truetype/nanum/NanumGothicBold.ttf"},
      {"/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"},
  }};
}

FontFiles read_font_files(std::string_view text) {
  FontFiles files;
  while (!text.empty()) {
    const std::string_view entry = text.substr(0, text.find(','));
    text.remove_prefix(std::min(entry.size() + 1, text.size()));
    const std::size_t plus = entry.find('+');
    const std::string regular(trimmed(entry.substr(0, plus)));
    if (regular.empty()) continue;
    files.chain.push_back({regular, plus == std::string_view::npos
                                        ? ""
                                        : std::string(trimmed(entry.substr(plus + 1)))});
  }
  return files.chain.empty() ? default_font_files() : files;
}

}  // namespace pgexport
