// A picture for a PDF page, made from the bytes of a PNG or JPEG file.
//
// A PNG is decoded (any colour type, depth and interlacing; 16 bits are cut to 8; transparency
// becomes a soft mask) and packed again.  A JPEG (grey, RGB or CMYK, baseline or progressive) goes
// into the document as it is, after its headers have been read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport {

inline constexpr std::size_t kMaxPictureBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxPicturePixels = 4'000'000;

struct Picture {
  int width = 0;  // pixels
  int height = 0;
  std::string entries;   // of the image dictionary: colours, and the filter of an encoded body
  std::string pixels;    // body of the stream
  std::string mask;      // 8 bits of opacity a pixel, or empty: opaque
  bool encoded = false;  // the body is compressed already
};

// Throws Error 22023 for a file that is too large, damaged, or neither PNG nor JPEG, and 54000 for
// one of more than kMaxPicturePixels; size and pixels are checked before anything is decoded.
Picture read_picture(std::string_view file);

// For the readers of each format: Error 22023, and 54000 for too many pixels.
[[noreturn]] void refuse_picture(const std::string &why);
void check_picture_size(std::uint64_t width, std::uint64_t height);

}  // namespace pgexport
