// Breaks a text into lines of a given width, one at a time and in one pass: the time is linear
// also for a text of many megabytes.
//
// Lines end at a newline (LF, CR LF, CR, U+2028, U+2029), else at the last opportunity that fits:
// at spaces, after a hyphen, dash or slash, at a soft hyphen or a zero-width space, before and
// after an ideograph, a kana or a Hangul syllable (but not before closing punctuation nor after
// opening).  A no-break space is none.  What has no opportunity is broken anywhere, but not before
// a combining mark.  Each line holds at least one character, however narrow it is.  This is a
// selection of the rules of Unicode Standard Annex #14.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "formats/pdf/typesetter.h"

#include "core/no_postgres.h"

namespace pgexport {

struct TextLine {
  std::string_view text;   // without the spaces or the newline it ended at
  std::int64_t units = 0;  // its width in thousandths of the font size, with the hyphen
  bool hyphen = false;     // ends at a soft hyphen: a hyphen is to be drawn after it
  bool paragraph = false;  // the last line of a paragraph
};

class LineBreaker {
 public:
  // `text` must outlive the object.  `width` and `style.size` are in points.
  LineBreaker(Typesetter &typesetter, std::string_view text, const TextStyle &style, double width);

  // The next line, or false at the end of the text.  An empty text has no lines; a newline at the
  // very end of the text starts no further line.
  bool next(TextLine &line);

  // The text that has not been taken yet: a later page may go on with another object.
  std::string_view rest() const { return text_.substr(at_); }

 private:
  // Where a line may end.
  struct Place {
    std::size_t text_end;  // without the spaces before it
    std::size_t next;      // where the next line starts
    std::int64_t units;    // without the hyphen
    bool hyphen;
  };

  int advance_of(char32_t character);
  std::int64_t hyphen_units();

  Typesetter &typesetter_;
  const std::string_view text_;
  const Face face_;
  const std::int64_t limit_;
  std::size_t at_ = 0;
  bool reorders_ = false;  // the line has characters of a right-to-left script
};

}  // namespace pgexport
