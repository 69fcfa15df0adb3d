// Whatever a picture file holds, it is refused with an Error or all of its pixels are there.
#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "formats/pdf/picture.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace pgexport;
  try {
    const Picture picture = read_picture({reinterpret_cast<const char *>(data), size});
    const std::size_t pixels =
        static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height);
    if (pixels == 0 || pixels > kMaxPicturePixels) __builtin_trap();
    if (!picture.encoded && picture.pixels.size() != pixels &&
        picture.pixels.size() != 3 * pixels) {
      __builtin_trap();
    }
    if (!picture.mask.empty() && picture.mask.size() != pixels) __builtin_trap();
  } catch (const Error &) {
  }
  return 0;
}
