#include "formats/pdf/png_picture.h"

#include <png.h>

#include <algorithm>
#include <vector>

namespace pgexport {

namespace {

// libpng's simplified interface: it keeps its errors in the image, and takes any kind of PNG.
class PngReader {
 public:
  explicit PngReader(std::string_view file) {
    image_.version = PNG_IMAGE_VERSION;
    check(png_image_begin_read_from_memory(&image_, file.data(), file.size()));
  }
  ~PngReader() { png_image_free(&image_); }
  PngReader(const PngReader &) = delete;
  PngReader &operator=(const PngReader &) = delete;

  const png_image &image() const { return image_; }

  // Samples of 8 bits: grey or red, green, blue, then opacity if there is any.
  std::vector<unsigned char> samples() {
    image_.format &= PNG_FORMAT_FLAG_ALPHA | PNG_FORMAT_FLAG_COLOR;
    std::vector<unsigned char> samples(PNG_IMAGE_SIZE(image_));
    check(png_image_finish_read(&image_, nullptr, samples.data(), 0, nullptr));
    return samples;
  }

 private:
  // libpng warns of what it could repair; a picture that is cut short it could not.
  void check(int result) {
    if (result == 0 || PNG_IMAGE_FAILED(image_)) refuse_picture(image_.message);
  }

  png_image image_{};
};

bool is_opaque(const std::string &mask) {
  return std::all_of(mask.begin(), mask.end(), [](char c) { return c == '\xFF'; });
}

}  // namespace

Picture read_png(std::string_view file) {
  PngReader reader(file);
  check_picture_size(reader.image().width, reader.image().height);
  const std::vector<unsigned char> samples = reader.samples();
  const bool has_colour = (reader.image().format & PNG_FORMAT_FLAG_COLOR) != 0;
  const bool has_opacity = (reader.image().format & PNG_FORMAT_FLAG_ALPHA) != 0;
  const std::size_t colours = has_colour ? 3 : 1, step = colours + (has_opacity ? 1 : 0);

  Picture picture;
  picture.width = static_cast<int>(reader.image().width);
  picture.height = static_cast<int>(reader.image().height);
  picture.entries = has_colour ? "/ColorSpace/DeviceRGB" : "/ColorSpace/DeviceGray";
  const auto *const begin = reinterpret_cast<const char *>(samples.data());
  const char *const end = begin + samples.size();
  if (!has_opacity) {
    picture.pixels.assign(begin, end);
    return picture;
  }
  picture.pixels.reserve(samples.size() / step * colours);
  picture.mask.reserve(samples.size() / step);
  for (const char *pixel = begin; pixel < end; pixel += step) {
    picture.pixels.append(pixel, colours);
    picture.mask.push_back(pixel[colours]);
  }
  if (is_opaque(picture.mask)) picture.mask.clear();
  return picture;
}

}  // namespace pgexport
