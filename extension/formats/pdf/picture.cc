#include "formats/pdf/picture.h"

#include "core/error.h"
#include "formats/pdf/jpeg_picture.h"
#include "formats/pdf/png_picture.h"

namespace pgexport {

namespace {

constexpr std::string_view kPngStart = "\x89PNG\r\n\x1A\n";
constexpr std::string_view kJpegStart = "\xFF\xD8\xFF";

}  // namespace

void check_picture_size(std::uint64_t width, std::uint64_t height) {
  if (width == 0 || height == 0) refuse_picture("it has no pixels");
  if (width * height <= kMaxPicturePixels) return;
  throw Error(sqlstate::program_limit_exceeded,
              "picture has " + std::to_string(width) + " by " + std::to_string(height) +
                  " pixels, more than " + std::to_string(kMaxPicturePixels) + " in all",
              {}, "Give a smaller picture; 600 pixels are wide enough for a logo.");
}

void refuse_picture(const std::string &why) {
  throw Error(sqlstate::invalid_parameter_value, "could not read the picture: " + why, {},
              "Give the bytes of a PNG or JPEG file.");
}

Picture read_picture(std::string_view file) {
  if (file.size() > kMaxPictureBytes) {
    throw Error(sqlstate::invalid_parameter_value,
                "picture file has " + std::to_string(file.size()) + " bytes, more than " +
                    std::to_string(kMaxPictureBytes),
                {}, "Give a smaller file; 600 pixels are wide enough for a logo.");
  }
  if (file.starts_with(kPngStart)) return read_png(file);
  if (file.starts_with(kJpegStart)) return read_jpeg(file);
  refuse_picture("it is neither PNG nor JPEG");
}

}  // namespace pgexport
