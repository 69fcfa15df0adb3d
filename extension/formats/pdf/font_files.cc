#include "formats/pdf/font_files.h"

namespace pgexport {

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

}  // namespace pgexport
