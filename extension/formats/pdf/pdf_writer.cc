#include "formats/pdf/pdf_writer.h"

#include <utility>

#include "core/error.h"
#include "core/text/locale.h"
#include "formats/option_error.h"
#include "formats/pdf/chart_section.h"
#include "formats/pdf/figures_section.h"
#include "formats/pdf/page_flow.h"
#include "formats/pdf/panel_flow.h"
#include "formats/pdf/pdf_pages.h"
#include "formats/pdf/prose_block.h"
#include "formats/pdf/row_section.h"
#include "formats/pdf/shortened.h"
#include "formats/pdf/table_section.h"
#include "formats/pdf/theme.h"
#include "formats/pdf/title_block.h"
#include "formats/pdf/typesetter.h"

namespace pgexport {

using namespace pdf;

namespace {

constexpr std::string_view kDefaultHeader = "{title}|";
// The words for the pages are the locale's.
constexpr std::string_view kDefaultFooterStart = "{date}|";

constexpr double kRunningSize = 8;
constexpr double kPartGap = 12;  // between the parts of a line

const Locale &require_locale(const std::string &name) {
  if (const Locale *locale = find_locale(name)) return *locale;
  throw Error(sqlstate::invalid_parameter_value, "unknown locale \"" + excerpt(name) + "\"",
              "The locales are en, de, fr and es.");
}

RunningLine default_footer(const Locale &locale) {
  return parse_running_line("footer",
                            std::string(kDefaultFooterStart).append(locale.words.page_of_pages));
}

std::unique_ptr<RowSection> make_section(const Workshop &workshop, const TableHead &head) {
  switch (head.kind) {
    case SectionKind::chart: return std::make_unique<ChartSection>(workshop, head);
    case SectionKind::figures: return std::make_unique<FiguresSection>(workshop, head);
    case SectionKind::table:
    case SectionKind::text: break;
  }
  return std::make_unique<TableSection>(workshop, head);
}

[[noreturn]] void refuse_array() {
  throw Error(sqlstate::data_corrupted, "array value is corrupted");
}

}  // namespace

// Everything that lives from begin() to finish().
struct PdfWriter::Document {
  Document(const PdfSettings &settings, const DocumentInfo &info, OutputBuffer &out)
      : locale(require_locale(info.locale)),
        theme(settings),
        typesetter(settings.fonts),
        pages(out, typesetter, settings.limits),
        title(info, typesetter, theme, locale),
        flow(pages, settings.page,
             [this](PdfPage &page, const Rect &area) { return title.draw(page, area); }),
        panels(flow, typesetter, theme),
        workshop{settings, theme, locale, typesetter, flow, panels},
        facts{info.title, date_text(info, locale), info.user, info.filters},
        header(settings.header ? *settings.header : parse_running_line("header", kDefaultHeader)),
        footer(settings.footer ? *settings.footer : default_footer(locale)),
        header_from(settings.header || title.is_empty() ? 1 : 2) {}

  const Locale &locale;
  const Theme theme;
  Typesetter typesetter;
  PdfPages pages;
  TitleBlock title;
  PageFlow flow;
  PanelFlow panels;
  const Workshop workshop;
  const RunningFacts facts;
  const RunningLine header, footer;
  const int header_from;  // the title block says what the default header says
  std::unique_ptr<RowSection> section;
};

PdfWriter::PdfWriter(PdfSettings settings, OutputBuffer &out)
    : RowWriter(out), settings_(std::move(settings)) {}

PdfWriter::~PdfWriter() = default;

void PdfWriter::begin(const DocumentInfo &info) {
  document_ = std::make_unique<Document>(settings_, info, out_);
  document_->pages.begin(info, document_->locale.language);
  document_->title.add_logo(document_->pages);
}

void PdfWriter::begin_table(const TableHead &head) {
  if (head.columns.empty()) {
    throw Error(sqlstate::feature_not_supported, "a PDF document needs at least one column");
  }
  layout_ = head.layout;
  columns_ = head.columns;
  cells_.resize(columns_.size());
  previews_.clear();
  if (head.page_break) {
    document_->panels.flush();
    document_->flow.break_page();
  }
  document_->section = make_section(document_->workshop, head);
}

template <typename Body>
WriteOutcome PdfWriter::guarded(Body body) noexcept {
  try {
    return body();
  } catch (const Error &error) {
    keep_failure(error);
  } catch (...) {
    keep_out_of_memory();  // nothing below throws anything else
  }
  return WriteOutcome::failed;
}

WriteOutcome PdfWriter::row(const Cell *cells) noexcept {
  return guarded([&] {
    if (!document_->section->add(cells)) refuse_array();
    return WriteOutcome::ok;
  });
}

WriteOutcome PdfWriter::row(const TupleView &tuple) noexcept {
  return guarded([&] {
    TupleReader reader(*layout_, tuple, zone_hint_);
    for (Cell &cell : cells_) {
      if (!reader.next(cell)) return WriteOutcome::needs_cells;
    }
    return document_->section->add(cells_.data()) ? WriteOutcome::ok : WriteOutcome::needs_cells;
  });
}

void PdfWriter::preview_cell(const Cell &cell, std::size_t column) {
  if (previews_.empty()) {
    for (const Column &c : columns_) previews_.emplace_back(c, document_->locale);
  }
  if (!previews_[column].append(out_, cell)) refuse_array();
}

void PdfWriter::end_table() {
  document_->section->finish();
  document_->section.reset();
}

void PdfWriter::text(const TextBlock &block) {
  if (block.page_break) {
    document_->panels.flush();
    document_->flow.break_page();
  }
  document_->panels.add(
      {block.title.empty() ? block.name : block.title,
       std::make_unique<ProseBlock>(document_->typesetter, document_->theme, block.text)},
      block.half_width);
}

void PdfWriter::finish() {
  document_->panels.flush();
  if (document_->pages.page_count() == 0) document_->flow.ensure_page();
  document_->pages.finish(
      [this](PdfPage &page, int number, int count) { draw_running(page, number, count); });
  std::string missing = document_->typesetter.missing_characters();
  if (!missing.empty()) warnings_.push_back(std::move(missing));
  document_.reset();
}

void PdfWriter::cancel() noexcept { document_.reset(); }

void PdfWriter::draw_running(PdfPage &page, int number, int count) const {
  const Document &document = *document_;
  const TextStyle style{Face::regular, kRunningSize, document.theme.muted};
  const double margin = settings_.page.margin;
  const double width = page.size().width - 2 * margin;
  const auto draw = [&](const RunningLine &line, double y) {
    const std::pair<const RunningPart *, Anchor> parts[] = {
        {&line.left, Anchor::start}, {&line.centre, Anchor::middle}, {&line.right, Anchor::end}};
    int filled = 0;
    for (const auto &[part, anchor] : parts) filled += part->empty() ? 0 : 1;
    for (const auto &[part, anchor] : parts) {
      if (part->empty()) continue;
      const std::string text =
          shortened(document_->typesetter, part->fill(document.facts, number, count), style,
                    width / filled - kPartGap);
      const double across = anchor == Anchor::start ? 0 : anchor == Anchor::middle ? 0.5 : 1;
      page.text({margin + across * width, y}, text, anchor, style);
    }
  };
  // In the middle of the margins.
  const double half = style.size * 0.36;
  if (number >= document.header_from) draw(document.header, margin * 0.58 + half);
  draw(document.footer, page.size().height - margin * 0.55 + half);
}

}  // namespace pgexport
