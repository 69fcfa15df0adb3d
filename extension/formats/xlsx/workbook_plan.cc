#include "formats/xlsx/workbook_plan.h"

#include "core/text/format_code.h"
#include "formats/pdf/picture.h"

namespace pgexport::xlsx {

namespace {

const Locale &locale_of(const DocumentInfo &info) {
  const Locale *locale = find_locale(info.locale);
  return locale ? *locale : default_locale();
}

pdf::RunningFacts facts_of(const DocumentInfo &info, std::string date) {
  return {info.title, std::move(date), info.user, info.filters};
}

}  // namespace

Workbook::Workbook(const XlsxSettings &settings_in, const DocumentInfo &info_in)
    : settings(settings_in), info(info_in), locale(locale_of(info)) {
  if (!info.logo.empty()) {
    // Decoded to its end: a damaged picture is an error, and never part of a workbook.
    const Picture logo = read_picture(info.logo);
    logo_width = logo.width;
    logo_height = logo.height;
  }
  const pdf::RunningFacts facts = facts_of(info, generated_at());
  const auto line = [&](const std::optional<pdf::RunningLine> &given, std::string_view option,
                        std::string_view otherwise) {
    return page_line(given ? *given : pdf::parse_running_line(option, otherwise), facts);
  };
  header = line(settings.header, "header", info.title.empty() ? "" : "{title}");
  footer =
      line(settings.footer, "footer", std::string("{date}|").append(locale.words.page_of_pages));
}

std::string Workbook::generated_at() const {
  const Cell time = zoned_cell(CellTag::timestamptz, info.document_time, info.utc_offset);
  std::string text = FormatCode(locale.date_time_format).text(time, locale);
  if (!info.time_zone.empty()) text += " " + info.time_zone;
  return text;
}

}  // namespace pgexport::xlsx
