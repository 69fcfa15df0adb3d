#include "formats/pdf/cell_text.h"

namespace pgexport::pdf {

namespace {

std::string format_code_of(const Column &column) {
  const std::string &given = column.style.format;
  return given.empty() ? default_format_code(column.tag, column.scale) : given;
}

}  // namespace

CellText::CellText(std::string_view code, const Locale &locale)
    : code_(code), plain_text_(code == "@" || code.empty()), locale_(locale) {}

CellText::CellText(const Column &column, const Locale &locale)
    : CellText(format_code_of(column), locale) {}

bool CellText::append(OutputBuffer &out, const Cell &cell) {
  switch (cell.tag) {
    case CellTag::null: return true;
    case CellTag::flat_array:
      if (!arrays_) arrays_ = std::make_unique<ArrayText>(spell::TimeStyle::postgres);
      return arrays_->append(out, cell);
    case CellTag::text:
    case CellTag::json:
      if (!plain_text_) break;
      out.append(cell.view());
      return true;
    default: break;
  }
  code_.append(out, cell, locale_);
  return true;
}

std::string total_format_code(const Column &column) {
  const Aggregate total = column.style.total;
  if (total == Aggregate::count) return "#,##0";
  const bool whole =
      column.style.format.empty() &&
      (column.tag == CellTag::integer || (column.tag == CellTag::numeric && column.scale == 0));
  if (total == Aggregate::avg && whole) return "#,##0.00";
  return format_code_of(column);
}

bool is_amount(CellTag tag) {
  switch (tag) {
    case CellTag::integer:
    case CellTag::float32:
    case CellTag::float64:
    case CellTag::numeric:
    case CellTag::interval: return true;
    default: return false;
  }
}

bool is_prose(CellTag tag) {
  switch (tag) {
    case CellTag::text:
    case CellTag::json:
    case CellTag::jsonb:
    case CellTag::bytes:
    case CellTag::flat_array: return true;
    default: return false;
  }
}

Anchor anchor_of(const Column &column) {
  switch (column.style.align) {
    case Alignment::left: return Anchor::start;
    case Alignment::center: return Anchor::middle;
    case Alignment::right: return Anchor::end;
    case Alignment::automatic: break;
  }
  return is_amount(column.tag) ? Anchor::end : Anchor::start;
}

}  // namespace pgexport::pdf
