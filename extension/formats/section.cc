#include "formats/section.h"

namespace pgexport {

std::string_view section_kind_name(SectionKind kind) {
  switch (kind) {
    case SectionKind::table: return "table";
    case SectionKind::chart: return "chart";
    case SectionKind::figures: return "figures";
    case SectionKind::text: return "text";
  }
  return "table";
}

}  // namespace pgexport
