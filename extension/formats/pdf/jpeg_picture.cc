#include "formats/pdf/jpeg_picture.h"

#include <csetjmp>
#include <cstdio>
#include <vector>
// After <cstdio>: it uses FILE.
#include <jpeglib.h>

namespace pgexport {

namespace {

// A progressive picture is read in passes over all its pixels; a file of many tiny passes would
// take hours.
constexpr int kMaxPasses = 64;

// What libjpeg told of the file.  Also its error handler, which may not return: it jumps to
// `give_up`, over libjpeg's frames only.
struct JpegCheck {
  jpeg_error_mgr handler;
  jpeg_progress_mgr progress;
  std::jmp_buf give_up;
  char message[JMSG_LENGTH_MAX];

  int width, height, components;
  bool adobe;
  bool too_large;
};

JpegCheck &check_of(j_common_ptr decoder) {
  return *static_cast<JpegCheck *>(decoder->client_data);
}

extern "C" {

[[noreturn]] static void leave_decoder(j_common_ptr decoder) {
  JpegCheck &check = check_of(decoder);
  decoder->err->format_message(decoder, check.message);
  std::longjmp(check.give_up, 1);
}

// libjpeg warns, and paints over, where the data is damaged or ends early.
static void refuse_warning(j_common_ptr decoder, int level) {
  if (level < 0) leave_decoder(decoder);
}

static void count_passes(j_common_ptr decoder) {
  JpegCheck &check = check_of(decoder);
  if (reinterpret_cast<j_decompress_ptr>(decoder)->input_scan_number <= kMaxPasses) return;
  std::snprintf(check.message, sizeof check.message, "it has more than %d passes", kMaxPasses);
  std::longjmp(check.give_up, 1);
}

}  // extern "C"

bool is_too_large(const jpeg_decompress_struct &decoder) {
  return std::uint64_t{decoder.image_width} * decoder.image_height > kMaxPicturePixels;
}

// Decodes all of the picture, which alone shows whether it is whole.  False if it is not; the
// message tells why.  Nothing in this frame has a destructor: it is left by longjmp().
bool decode(std::string_view file, unsigned char *row, JpegCheck &check) {
  jpeg_decompress_struct decoder;
  decoder.err = jpeg_std_error(&check.handler);
  check.handler.error_exit = leave_decoder;
  check.handler.emit_message = refuse_warning;
  check.progress = {};
  check.progress.progress_monitor = count_passes;
  decoder.client_data = &check;
  jpeg_create_decompress(&decoder);
  if (setjmp(check.give_up) != 0) {
    jpeg_destroy_decompress(&decoder);
    return false;
  }
  decoder.progress = &check.progress;
  jpeg_mem_src(&decoder, reinterpret_cast<const unsigned char *>(file.data()), file.size());
  jpeg_read_header(&decoder, TRUE);
  check.width = static_cast<int>(decoder.image_width);
  check.height = static_cast<int>(decoder.image_height);
  check.components = decoder.num_components;
  check.adobe = decoder.saw_Adobe_marker != FALSE;
  check.too_large = is_too_large(decoder);
  if (!check.too_large) {
    decoder.out_color_space = decoder.jpeg_color_space;  // converting would prove nothing
    jpeg_start_decompress(&decoder);
    while (decoder.output_scanline < decoder.output_height) {
      jpeg_read_scanlines(&decoder, &row, 1);
    }
    jpeg_finish_decompress(&decoder);
  }
  jpeg_destroy_decompress(&decoder);
  return true;
}

}  // namespace

Picture read_jpeg(std::string_view file) {
  constexpr std::size_t kMaxWidth = 65500, kMaxComponents = 10;  // of libjpeg
  std::vector<unsigned char> row(kMaxWidth * kMaxComponents);
  JpegCheck check{};
  if (!decode(file, row.data(), check)) refuse_picture(check.message);
  check_picture_size(static_cast<std::uint64_t>(check.width),
                     static_cast<std::uint64_t>(check.height));

  Picture picture;
  picture.width = check.width;
  picture.height = check.height;
  picture.encoded = true;
  picture.pixels = file;
  switch (check.components) {
    case 1: picture.entries = "/ColorSpace/DeviceGray"; break;
    case 3: picture.entries = "/ColorSpace/DeviceRGB"; break;
    case 4:
      picture.entries = "/ColorSpace/DeviceCMYK";
      // Adobe's programs write the inks the other way round.
      if (check.adobe) picture.entries += "/Decode[1 0 1 0 1 0 1 0]";
      break;
    default: refuse_picture("it has " + std::to_string(check.components) + " colour components");
  }
  picture.entries += "/Filter/DCTDecode";
  return picture;
}

}  // namespace pgexport
