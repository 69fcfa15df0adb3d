#include "formats/xlsx/sheet_frame.h"

#include <charconv>
#include <cmath>

#include "formats/xlsx/cell_address.h"
#include "formats/xlsx/xml_text.h"

namespace pgexport::xlsx {

namespace {

// A width with two decimals, without the locale of the process.
std::string width_text(double width) {
  char text[32];
  const auto hundredths = static_cast<long long>(std::llround(width * 100));
  const auto [end, error] = std::to_chars(text, text + sizeof text, hundredths / 100);
  std::string out(text, end);
  const long long rest = hundredths % 100;
  if (rest == 0) return out;
  out += '.';
  out += static_cast<char>('0' + rest / 10);
  if (rest % 10 != 0) out += static_cast<char>('0' + rest % 10);
  return out;
}

std::string column_elements(const std::vector<double> &widths) {
  std::string xml = "<cols>";
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    xml += "<col min=\"";
    xml += number;
    xml += "\" max=\"";
    xml += number;
    xml += "\" width=\"";
    xml += width_text(widths[i]);
    xml += "\" customWidth=\"1\"/>";
  }
  return xml + "</cols>";
}

std::string view_element(bool freeze_header) {
  std::string xml = "<sheetViews><sheetView workbookViewId=\"0\">";
  if (freeze_header) {
    xml +=
        "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>"
        "<selection pane=\"bottomLeft\" activeCell=\"A2\" sqref=\"A2\"/>";
  }
  return xml + "</sheetView></sheetViews>";
}

}  // namespace

int paper_code(Paper paper) {
  switch (paper) {
    case Paper::letter: return 1;
    case Paper::a3: return 8;
    case Paper::a4: break;
  }
  return 9;
}

std::string sheet_opening(const SheetFrame &frame) {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
      "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
      "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">"
      "<sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr>";
  xml += view_element(frame.freeze_header);
  xml += "<sheetFormatPr defaultRowHeight=\"15\"";
  if (frame.outline_levels > 0) {
    xml += " outlineLevelRow=\"" + std::to_string(frame.outline_levels) + "\"";
  }
  xml += "/>" + column_elements(frame.widths);
  return xml + "<sheetData>";
}

std::string sheet_closing(const SheetFrame &frame, std::int64_t rows, std::int64_t filtered_rows,
                          bool has_drawing) {
  const int last = static_cast<int>(frame.widths.size()) - 1;
  std::string xml = "</sheetData>";
  if (filtered_rows > 0) {
    xml += "<autoFilter ref=\"A1:" + cell_address(last, filtered_rows) + "\"/>";
  }
  xml +=
      "<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.75\" bottom=\"0.75\" header=\"0.3\" "
      "footer=\"0.3\"/><pageSetup paperSize=\"" +
      std::to_string(paper_code(frame.paper)) + "\" orientation=\"" +
      (frame.landscape ? "landscape" : "portrait") + "\" fitToHeight=\"0\"/>";
  if (!frame.header.empty() || !frame.footer.empty()) {
    xml += "<headerFooter>";
    if (!frame.header.empty()) xml += "<oddHeader>" + xml_text(frame.header) + "</oddHeader>";
    if (!frame.footer.empty()) xml += "<oddFooter>" + xml_text(frame.footer) + "</oddFooter>";
    xml += "</headerFooter>";
  }
  // Digits in a text cell are there on purpose: no green corners.
  if (rows > 1) {
    xml += "<ignoredErrors><ignoredError sqref=\"A2:" + cell_address(last, rows) +
           "\" numberStoredAsText=\"1\"/></ignoredErrors>";
  }
  if (has_drawing) xml += std::string("<drawing r:id=\"") + kDrawingId + "\"/>";
  return xml + "</worksheet>";
}

}  // namespace pgexport::xlsx
