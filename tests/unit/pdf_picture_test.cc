#include "formats/pdf/picture.h"

#include <gtest/gtest.h>
#include <png.h>

#include <cstdio>
#include <string>
#include <vector>
// After <cstdio>: it uses FILE.
#include <jpeglib.h>

#include "core/error.h"

namespace pgexport {
namespace {

// A PNG of 4 by 2 pixels, each sample the number of its place, opaque unless there is opacity.
std::string make_png(png_uint_32 format) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = 4;
  image.height = 2;
  image.format = format;
  std::vector<unsigned char> samples(PNG_IMAGE_SIZE(image));
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<unsigned char>(i);
  png_alloc_size_t size = 0;
  EXPECT_TRUE(png_image_write_to_memory(&image, nullptr, &size, 0, samples.data(), 0, nullptr));
  std::string file(size, '\0');
  EXPECT_TRUE(png_image_write_to_memory(&image, file.data(), &size, 0, samples.data(), 0, nullptr));
  file.resize(size);
  return file;
}

std::string make_jpeg(int components, J_COLOR_SPACE colours, int width = 16, int height = 8) {
  jpeg_compress_struct encoder;
  jpeg_error_mgr handler;
  encoder.err = jpeg_std_error(&handler);
  jpeg_create_compress(&encoder);
  unsigned char *bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&encoder, &bytes, &size);
  encoder.image_width = static_cast<JDIMENSION>(width);
  encoder.image_height = static_cast<JDIMENSION>(height);
  encoder.input_components = components;
  encoder.in_color_space = colours;
  jpeg_set_defaults(&encoder);
  jpeg_start_compress(&encoder, TRUE);
  std::vector<unsigned char> samples(static_cast<std::size_t>(width * components));
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<unsigned char>(i * 7);
  unsigned char *row = samples.data();
  while (encoder.next_scanline < encoder.image_height) jpeg_write_scanlines(&encoder, &row, 1);
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  std::string file(reinterpret_cast<char *>(bytes), size);
  std::free(bytes);
  return file;
}

std::string state_of(std::string_view file) {
  try {
    read_picture(file);
  } catch (const Error &error) {
    EXPECT_NE(error.hint(), "");
    return error.state();
  }
  return "none";
}

TEST(Picture, PngOfAnyKind) {
  const Picture grey = read_picture(make_png(PNG_FORMAT_GRAY));
  EXPECT_EQ(grey.width, 4);
  EXPECT_EQ(grey.height, 2);
  EXPECT_EQ(grey.entries, "/ColorSpace/DeviceGray");
  EXPECT_EQ(grey.pixels, std::string("\0\1\2\3\4\5\6\7", 8));
  EXPECT_EQ(grey.mask, "");
  EXPECT_FALSE(grey.encoded);

  const Picture rgb = read_picture(make_png(PNG_FORMAT_RGB));
  EXPECT_EQ(rgb.entries, "/ColorSpace/DeviceRGB");
  EXPECT_EQ(rgb.pixels.size(), 24u);
  EXPECT_EQ(rgb.pixels[23], 23);

  const Picture sixteen = read_picture(make_png(PNG_FORMAT_LINEAR_RGB));
  EXPECT_EQ(sixteen.pixels.size(), 24u);
}

TEST(Picture, OpacityBecomesAMask) {
  const Picture rgba = read_picture(make_png(PNG_FORMAT_RGBA));
  EXPECT_EQ(rgba.pixels.substr(0, 6), std::string("\0\1\2\4\5\6", 6));
  EXPECT_EQ(rgba.mask, std::string("\3\7\13\17\23\27\33\37", 8));
  const Picture grey = read_picture(make_png(PNG_FORMAT_GA));
  EXPECT_EQ(grey.pixels.size(), 8u);
  EXPECT_EQ(grey.mask.size(), 8u);
}

TEST(Picture, JpegIsTakenOver) {
  const std::string file = make_jpeg(3, JCS_RGB);
  const Picture rgb = read_picture(file);
  EXPECT_EQ(rgb.width, 16);
  EXPECT_EQ(rgb.height, 8);
  EXPECT_EQ(rgb.entries, "/ColorSpace/DeviceRGB/Filter/DCTDecode");
  EXPECT_EQ(rgb.pixels, file);
  EXPECT_TRUE(rgb.encoded);
  EXPECT_EQ(read_picture(make_jpeg(1, JCS_GRAYSCALE)).entries,
            "/ColorSpace/DeviceGray/Filter/DCTDecode");
  EXPECT_EQ(read_picture(make_jpeg(4, JCS_CMYK)).entries,
            "/ColorSpace/DeviceCMYK/Decode[1 0 1 0 1 0 1 0]/Filter/DCTDecode");
}

TEST(Picture, DamagedFilesAreRefused) {
  for (const std::string &file : {make_png(PNG_FORMAT_RGBA), make_jpeg(3, JCS_RGB)}) {
    for (std::size_t size = 0; size + 12 < file.size(); ++size) {
      EXPECT_EQ(state_of(file.substr(0, size)), sqlstate::invalid_parameter_value) << size;
    }
  }
  EXPECT_EQ(state_of("<svg/>"), sqlstate::invalid_parameter_value);
}

TEST(Picture, LargeFilesAreRefused) {
  EXPECT_EQ(state_of(make_png(PNG_FORMAT_RGB) + std::string(kMaxPictureBytes, '\0')),
            sqlstate::invalid_parameter_value);
}

TEST(Picture, ManyPixelsAreRefusedBeforeTheyAreDecoded) {
  EXPECT_EQ(state_of(make_jpeg(1, JCS_GRAYSCALE, 4001, 1000)), sqlstate::program_limit_exceeded);
  std::string png = make_png(PNG_FORMAT_RGB);
  // Width and height of the header; its checksum is then wrong, so libpng may refuse it first.
  png[17] = 1;
  png[21] = 1;
  EXPECT_NE(state_of(png), "none");
}

}  // namespace
}  // namespace pgexport
