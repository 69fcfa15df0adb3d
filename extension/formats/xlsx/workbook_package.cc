#include "formats/xlsx/workbook_package.h"

#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "formats/charts/palette.h"
#include "formats/xlsx/native_chart.h"
#include "formats/xlsx/sheet_frame.h"
#include "formats/xlsx/xml_text.h"

namespace pgexport::xlsx {

namespace {

// Where libxlsxwriter has its temporary files: memory, never a disk.
constexpr const char *kMemoryFolder = "/dev/shm";

constexpr std::int64_t kUnixOfYear2000 = 946'684'800;
constexpr std::size_t kMaxProperty = 255;
// libxlsxwriter adds this to widths, for the padding of a cell.
constexpr double kCellPadding = 0.7109375;

[[noreturn]] void refuse(const std::string &detail) {
  throw Error(sqlstate::external_routine_exception, "could not build the Excel workbook", detail,
              "The server needs /proc, and a /dev/shm that it may write to.");
}

void check(lxw_error result, const char *step) {
  if (result == LXW_NO_ERROR) return;
  refuse(std::string("libxlsxwriter could not ") + step + ": " + lxw_strerror(result));
}

// A file without a name, in memory, that also has a path.
class MemoryFile {
 public:
  MemoryFile() : fd_(memfd_create("export", MFD_CLOEXEC)) {
    if (fd_ < 0) refuse(std::string("A file in memory could not be made: ") + strerror(errno));
    path_ = "/proc/self/fd/" + std::to_string(fd_);
  }
  MemoryFile(const MemoryFile &) = delete;
  MemoryFile &operator=(const MemoryFile &) = delete;
  ~MemoryFile() { close(fd_); }

  const std::string &path() const { return path_; }

  std::string read() const {
    const off_t size = lseek(fd_, 0, SEEK_END);
    std::string bytes(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
    for (std::size_t at = 0; at < bytes.size();) {
      const ssize_t n = pread(fd_, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
      if (n <= 0) refuse("The workbook could not be read back.");
      at += static_cast<std::size_t>(n);
    }
    return bytes;
  }

 private:
  int fd_;
  std::string path_;
};

// libxlsxwriter's workbook: freed unless it was closed, which frees it too, also if it fails.
class LibraryWorkbook {
 public:
  explicit LibraryWorkbook(const MemoryFile &file) {
    if (access(kMemoryFolder, W_OK | X_OK) != 0) {
      refuse(std::string(kMemoryFolder) + ": " + strerror(errno));
    }
    lxw_workbook_options options = {};
    options.tmpdir = const_cast<char *>(kMemoryFolder);
    book_ = workbook_new_opt(file.path().c_str(), &options);
    if (!book_) throw std::bad_alloc();
    workbook_unset_default_url_format(book_);
  }
  LibraryWorkbook(const LibraryWorkbook &) = delete;
  LibraryWorkbook &operator=(const LibraryWorkbook &) = delete;
  ~LibraryWorkbook() {
    if (book_) lxw_workbook_free(book_);
  }

  lxw_workbook *get() const { return book_; }
  void close() { check(workbook_close(std::exchange(book_, nullptr)), "write the workbook"); }

 private:
  lxw_workbook *book_ = nullptr;
};

lxw_color_t colour_code(Colour colour) {
  return static_cast<lxw_color_t>(colour.red << 16 | colour.green << 8 | colour.blue);
}

int rule_code(Rule rule) {
  switch (rule) {
    case Rule::thin: return LXW_BORDER_THIN;
    case Rule::twice: return LXW_BORDER_DOUBLE;
    case Rule::none: break;
  }
  return LXW_BORDER_NONE;
}

int align_code(Alignment align) {
  switch (align) {
    case Alignment::left: return LXW_ALIGN_LEFT;
    case Alignment::center: return LXW_ALIGN_CENTER;
    case Alignment::right: return LXW_ALIGN_RIGHT;
    case Alignment::automatic: break;
  }
  return LXW_ALIGN_NONE;
}

class PackageBuilder {
 public:
  explicit PackageBuilder(const Workbook &plan) : plan_(plan), book_(file_) {
    if (plan.summary) sheets_.push_back(&*plan.summary);
    for (const PlannedSheet &sheet : plan.sheets) sheets_.push_back(&sheet);
    for (const PlannedSheet &sheet : plan.chart_data) sheets_.push_back(&sheet);
    number_parts();
  }

  std::vector<ZipEntry> build() {
    add_styles();
    // All sheets exist before the first chart refers to one.
    std::vector<lxw_worksheet *> worksheets;
    for (const PlannedSheet *sheet : sheets_) {
      worksheets.push_back(workbook_add_worksheet(book_.get(), sheet->name.c_str()));
      if (!worksheets.back()) refuse("libxlsxwriter refused the sheet \"" + sheet->name + "\".");
    }
    for (std::size_t i = 0; i < sheets_.size(); ++i) fill(worksheets[i], *sheets_[i]);
    for (std::size_t i = 0; i < sheets_.size(); ++i) {
      if (sheets_[i]->logo) add_logo(worksheets[i], *sheets_[i]->logo);
      add_charts(worksheets[i], *sheets_[i]);
    }
    set_properties();
    book_.close();
    return take_parts();
  }

 private:
  // Streamed sheets have got their numbers in the order of the tabs; the others follow them.
  void number_parts() {
    int next = 0;
    for (const PlannedSheet *sheet : sheets_) part_numbers_.push_back(sheet->streamed ? ++next : 0);
    for (int &number : part_numbers_) {
      if (number == 0) number = ++next;
    }
  }

  void add_styles() {
    for (const CellStyle &style : plan_.styles.styles()) {
      lxw_format *format = workbook_add_format(book_.get());
      if (!format) throw std::bad_alloc();
      if (style.format != "General") format_set_num_format(format, style.format.c_str());
      if (style.align != Alignment::automatic) {
        format_set_align(format, static_cast<std::uint8_t>(align_code(style.align)));
      }
      format_set_align(format, style.middle ? LXW_ALIGN_VERTICAL_CENTER : LXW_ALIGN_VERTICAL_TOP);
      if (style.wrap) format_set_text_wrap(format);
      if (style.bold) format_set_bold(format);
      format_set_font_size(format, style.size);
      format_set_font_color(format, colour_code(style.colour));
      if (style.fill != Fill::none) {
        const Colour accent = plan_.settings.accent;
        format_set_bg_color(format,
                            colour_code(style.fill == Fill::accent ? accent : tint(accent, 0.12)));
      }
      format_set_top(format, static_cast<std::uint8_t>(rule_code(style.above)));
      format_set_bottom(format, static_cast<std::uint8_t>(rule_code(style.below)));
      formats_.push_back(format);
      // Asking for the number assigns it: the order is ours, not that of first use.
      if (lxw_format_get_xf_index(format) != static_cast<std::int32_t>(formats_.size())) {
        refuse("libxlsxwriter numbered the styles in another order.");
      }
    }
  }

  lxw_format *format(int style) const {
    return style == 0 ? nullptr : formats_[static_cast<std::size_t>(style) - 1];
  }

  void fill(lxw_worksheet *worksheet, const PlannedSheet &sheet) {
    for (std::size_t i = 0; i < sheet.widths.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      check(worksheet_set_column(worksheet, column, column,
                                 std::max(sheet.widths[i] - kCellPadding, 0.0), nullptr),
            "set the width of a column");
    }
    if (sheet.streamed) {
      mark_streamed(worksheet, sheet);
      return;
    }
    if (!sheet.grid_lines) worksheet_gridlines(worksheet, LXW_HIDE_ALL_GRIDLINES);
    worksheet_set_paper(worksheet, static_cast<std::uint8_t>(paper_code(plan_.settings.paper)));
    worksheet_fit_to_pages(worksheet, 1, 0);
    if (sheet.landscape) worksheet_set_landscape(worksheet);
    check(worksheet_set_header(worksheet, plan_.header.c_str()), "set a page header");
    check(worksheet_set_footer(worksheet, plan_.footer.c_str()), "set a page footer");
    for (const auto &[row, height] : sheet.heights) {
      check(worksheet_set_row(worksheet, static_cast<lxw_row_t>(row), height, nullptr),
            "set the height of a row");
    }
    for (const PlacedCell &cell : sheet.cells) write_cell(worksheet, cell);
  }

  // What the workbook says of a sheet whose XML is there: names of ranges.
  static void mark_streamed(lxw_worksheet *worksheet, const PlannedSheet &sheet) {
    const auto last_column = static_cast<lxw_col_t>(sheet.widths.size() - 1);
    if (sheet.filtered_rows > 0) {
      const auto last_row = static_cast<lxw_row_t>(sheet.filtered_rows - 1);
      check(worksheet_autofilter(worksheet, 0, 0, last_row, last_column), "add filter buttons");
    }
    check(worksheet_repeat_rows(worksheet, 0, 0), "repeat the headings");
  }

  void write_cell(lxw_worksheet *worksheet, const PlacedCell &cell) const {
    const auto row = static_cast<lxw_row_t>(cell.row);
    const auto column = static_cast<lxw_col_t>(cell.column);
    lxw_format *const style = format(cell.style);
    if (cell.last_column != cell.column) {
      check(worksheet_merge_range(worksheet, row, column, row,
                                  static_cast<lxw_col_t>(cell.last_column), "", style),
            "merge cells");
    }
    const std::string text = cell_text(cell.text);
    switch (cell.kind) {
      case PlacedKind::text:
        check(worksheet_write_string(worksheet, row, column, text.c_str(), style), "write a text");
        break;
      case PlacedKind::number:
        check(worksheet_write_number(worksheet, row, column, cell.number, style), "write a number");
        break;
      case PlacedKind::link: {
        const std::string target = "internal:" + sheet_prefix(cell.sheet) + "A1";
        check(worksheet_write_url_opt(worksheet, row, column, target.c_str(), style, text.c_str(),
                                      nullptr),
              "write a link");
      }
    }
  }

  void add_logo(lxw_worksheet *worksheet, const PlacedLogo &logo) {
    lxw_image_options options = {};
    options.x_offset = logo.x_offset;
    options.x_scale = options.y_scale = logo.scale;
    char description[] = "Logo";
    options.description = description;
    const std::string &bytes = plan_.info.logo;
    check(worksheet_insert_image_buffer_opt(
              worksheet, static_cast<lxw_row_t>(logo.row), static_cast<lxw_col_t>(logo.column),
              reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size(), &options),
          "place the logo");
    // A pixel of the picture is one of the sheet, whatever resolution the file claims.
    lxw_object_properties *const image = STAILQ_FIRST(worksheet->image_props);
    image->x_dpi = image->y_dpi = 96;
  }

  void add_charts(lxw_worksheet *worksheet, const PlannedSheet &sheet) {
    for (const PlacedChart &chart : sheet.charts) {
      if (sheet.streamed && chart.data_sheet == sheet.name) cache_values(worksheet, chart);
      lxw_chart_options options = {};
      lxw_chart *const drawn =
          make_native_chart(book_.get(), chart, plan_.settings.accent, options);
      check(worksheet_insert_chart_opt(worksheet, static_cast<lxw_row_t>(chart.row),
                                       static_cast<lxw_col_t>(chart.column), drawn, &options),
            "place a chart");
    }
  }

  // libxlsxwriter copies into a chart what it finds in the cells the chart refers to.  These cells
  // are of a sheet whose XML is ours; they serve nothing else.
  static void cache_values(lxw_worksheet *worksheet, const PlacedChart &chart) {
    const auto category = static_cast<lxw_col_t>(chart.category_column);
    for (std::size_t i = 0; i < chart.values.categories.size(); ++i) {
      const auto row = static_cast<lxw_row_t>(chart.first_row) + static_cast<lxw_row_t>(i);
      const std::string text = cell_text(utf16_prefix(chart.values.categories[i], kMaxProperty));
      check(worksheet_write_string(worksheet, row, category, text.c_str(), nullptr),
            "write a text");
      for (std::size_t s = 0; s < chart.values.series.size(); ++s) {
        const auto &value = chart.values.series[s].values[i];
        if (!value) continue;
        check(worksheet_write_number(worksheet, row, static_cast<lxw_col_t>(chart.value_columns[s]),
                                     *value, nullptr),
              "write a number");
      }
    }
    for (std::size_t s = 0; s < chart.values.series.size(); ++s) {
      check(worksheet_write_string(worksheet, static_cast<lxw_row_t>(chart.first_row) - 1,
                                   static_cast<lxw_col_t>(chart.value_columns[s]),
                                   cell_text(chart.values.series[s].name).c_str(), nullptr),
            "write a text");
    }
  }

  void set_properties() {
    const auto fitted = [](std::string_view text) {
      return visible_text(utf16_prefix(text, kMaxProperty));
    };
    std::string title = fitted(plan_.info.title);
    std::string subject =
        fitted(plan_.info.subject.empty() ? plan_.info.subtitle : plan_.info.subject);
    std::string author = fitted(plan_.info.author);
    std::string filters = fitted(plan_.info.filters);
    lxw_doc_properties properties = {};
    properties.title = title.data();
    properties.subject = subject.data();
    properties.author = author.data();
    properties.comments = filters.data();
    properties.created =
        static_cast<time_t>(plan_.info.document_time / 1'000'000 + kUnixOfYear2000);
    // Zero would mean the clock.
    if (properties.created == 0) properties.created = 1;
    check(workbook_set_properties(book_.get(), &properties), "set the properties");
  }

  std::vector<ZipEntry> take_parts() const {
    std::vector<ZipEntry> parts;
    for (ZipEntry &part : read_zip(file_.read())) {
      if (part.name == "xl/styles.xml") check_styles(part.bytes);
      if (part.name == "xl/workbook.xml") add_names(part.bytes);
      if (part.name == "xl/_rels/workbook.xml.rels") part.bytes = renamed(part.bytes);
      const PlannedSheet *sheet = sheet_of(part.name);
      part.name = renamed(part.name);
      if (sheet && sheet->streamed)
        check_drawing(part.bytes, *sheet);
      else
        parts.push_back(std::move(part));
    }
    return parts;
  }

  void check_styles(std::string_view xml) const {
    const std::string count =
        "<cellXfs count=\"" + std::to_string(plan_.styles.styles().size() + 1) + "\">";
    if (xml.find(count) == std::string_view::npos) {
      refuse("libxlsxwriter joined styles that differ.");
    }
  }

  static void check_drawing(std::string_view xml, const PlannedSheet &sheet) {
    const std::string drawing = std::string("<drawing r:id=\"") + kDrawingId + "\"/>";
    if ((xml.find(drawing) != std::string_view::npos) == sheet.charts.empty()) {
      refuse("libxlsxwriter gave the charts of a sheet another relationship.");
    }
  }

  // libxlsxwriter holds a name's formula in 128 bytes.
  void add_names(std::string &xml) const {
    if (plan_.defined_names.empty()) return;
    std::string names;
    for (const DefinedName &name : plan_.defined_names) {
      names += "<definedName name=\"" + xml_text(name.name) + "\">" + xml_text(name.formula) +
               "</definedName>";
    }
    const std::size_t end = xml.find("</definedNames>");
    if (end != std::string::npos) {
      xml.insert(end, names);
      return;
    }
    const std::size_t next = xml.find("<calcPr");
    if (next == std::string::npos) refuse("libxlsxwriter wrote a workbook without calcPr.");
    xml.insert(next, "<definedNames>" + names + "</definedNames>");
  }

  // nullptr unless the part is the XML of a sheet.
  const PlannedSheet *sheet_of(std::string_view part) const {
    for (std::size_t i = 0; i < sheets_.size(); ++i) {
      if (part == "xl/worksheets/sheet" + std::to_string(i + 1) + ".xml") return sheets_[i];
    }
    return nullptr;
  }

  // libxlsxwriter numbers the parts of sheets in the order of the tabs.
  std::string renamed(std::string_view text) const {
    static constexpr std::string_view kSheet = "/sheet";
    std::string out;
    while (!text.empty()) {
      const std::size_t at = text.find(kSheet);
      if (at == std::string_view::npos) return out.append(text);
      const std::size_t digits = at + kSheet.size();
      const std::size_t end = std::min(text.find_first_not_of("0123456789", digits), text.size());
      out += text.substr(0, digits);
      if (end == digits) {
        text.remove_prefix(digits);
        continue;
      }
      const auto number = std::stoul(std::string(text.substr(digits, end - digits)));
      out += std::to_string(part_numbers_.at(number - 1));
      text.remove_prefix(end);
    }
    return out;
  }

  const Workbook &plan_;
  const MemoryFile file_;
  LibraryWorkbook book_;
  std::vector<const PlannedSheet *> sheets_;  // in the order of the tabs
  std::vector<int> part_numbers_;             // of each of them
  std::vector<lxw_format *> formats_;         // of the styles from 1
};

}  // namespace

std::vector<ZipEntry> build_package(const Workbook &workbook) {
  return PackageBuilder(workbook).build();
}

}  // namespace pgexport::xlsx
