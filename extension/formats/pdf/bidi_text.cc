#include "formats/pdf/bidi_text.h"

#include <fribidi.h>

#include <algorithm>
#include <limits>
#include <new>
#include <numeric>

namespace pgexport {

namespace {

constexpr char32_t kLeftToRightEmbedding = 0x202A, kRightToLeftEmbedding = 0x202B;
constexpr char32_t kLeftToRightOverride = 0x202D, kRightToLeftOverride = 0x202E;

char32_t without_override(char32_t character) {
  if (character == kLeftToRightOverride) return kLeftToRightEmbedding;
  return character == kRightToLeftOverride ? kRightToLeftEmbedding : character;
}

bool is_mirrored(char32_t character, char32_t shown) {
  FriBidiChar mirrored;
  return fribidi_get_mirror_char(character, &mirrored) != 0 && mirrored == shown;
}

// The line as fribidi works on it, all in logical order until reorder().
struct BidiLine {
  explicit BidiLine(std::u32string_view line)
      : length(static_cast<FriBidiStrIndex>(line.size())),
        shown(line.size()),
        types(line.size()),
        levels(line.size()),
        places(line.size()) {
    std::copy(line.begin(), line.end(), shown.begin());
    fribidi_get_bidi_types(shown.data(), length, types.data());
    std::iota(places.begin(), places.end(), 0);
  }

  void find_levels() {
    std::vector<FriBidiBracketType> brackets(shown.size());
    fribidi_get_bracket_types(shown.data(), length, types.data(), brackets.data());
    const FriBidiLevel highest = fribidi_get_par_embedding_levels_ex(
        types.data(), brackets.data(), length, &direction, levels.data());
    if (highest == 0) throw std::bad_alloc();  // fribidi's only failure
  }

  void shape() {
    std::vector<FriBidiArabicProp> joining(shown.size());
    fribidi_get_joining_types(shown.data(), length, joining.data());
    fribidi_join_arabic(types.data(), length, levels.data(), joining.data());
    fribidi_shape(kFlags, levels.data(), length, joining.data(), shown.data());
  }

  void reorder() {
    const FriBidiLevel highest = fribidi_reorder_line(kFlags, types.data(), length, 0, direction,
                                                      levels.data(), shown.data(), places.data());
    if (highest == 0) throw std::bad_alloc();
  }

  static constexpr FriBidiFlags kFlags =
      FRIBIDI_FLAG_SHAPE_MIRRORING | FRIBIDI_FLAG_REORDER_NSM | FRIBIDI_FLAGS_ARABIC;

  FriBidiStrIndex length;
  FriBidiParType direction = FRIBIDI_PAR_ON;
  std::vector<FriBidiChar> shown;
  std::vector<FriBidiCharType> types;
  std::vector<FriBidiLevel> levels;
  std::vector<FriBidiStrIndex> places;  // of each in the logical text
};

}  // namespace

std::vector<VisualCharacter> to_visual(std::u32string line) {
  if (line.empty()) return {};
  std::transform(line.begin(), line.end(), line.begin(), without_override);
  if (line.size() > static_cast<std::size_t>(std::numeric_limits<FriBidiStrIndex>::max())) {
    throw std::bad_alloc();
  }
  BidiLine bidi(line);
  bidi.find_levels();
  bidi.shape();
  // A ligature stands at the place of its last letter, the places before it are filled.
  const auto filled = [&, shaped = bidi.shown](std::size_t place) {
    return shaped[place] == FRIBIDI_CHAR_FILL && line[place] != FRIBIDI_CHAR_FILL;
  };
  bidi.reorder();

  std::vector<VisualCharacter> visual;
  visual.reserve(line.size());
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto place = static_cast<std::size_t>(bidi.places[i]);
    if (filled(place)) continue;
    std::size_t first = place;
    while (first > 0 && filled(first - 1)) --first;
    const char32_t shown = bidi.shown[i];
    const bool other_form = shown != line[place] && !is_mirrored(line[place], shown);
    visual.push_back(
        {shown, other_form ? line.substr(first, place - first + 1) : std::u32string(1, shown)});
  }
  return visual;
}

}  // namespace pgexport
