#include "core/text/format_code.h"

#include <algorithm>

#include "core/error.h"
#include "core/interval_cell.h"
#include "core/text/decimal_digits.h"
#include "core/text/moment_layout.h"
#include "core/text/number_layout.h"
#include "core/text/plain_text.h"

namespace pgexport {

using format::Comparison;
using format::Condition;
using format::Section;
using format::SectionKind;
using format::Token;
using format::TokenKind;

namespace {

bool is_moment(CellTag tag) {
  switch (tag) {
    case CellTag::date:
    case CellTag::time:
    case CellTag::timetz:
    case CellTag::timestamp:
    case CellTag::timestamptz:
    case CellTag::interval: return true;
    default: return false;
  }
}

bool holds(const Condition &condition, int order) {
  switch (condition.comparison) {
    case Comparison::less: return order < 0;
    case Comparison::less_equal: return order <= 0;
    case Comparison::equal: return order == 0;
    case Comparison::not_equal: return order != 0;
    case Comparison::greater: return order > 0;
    default: return order >= 0;
  }
}

// Whether the condition holds for negative numbers only: then the section shows no minus sign.
bool only_negative(const Condition &condition) {
  const DecimalDigits limit(condition.limit);
  const bool negative = limit.negative() && !limit.is_zero();
  switch (condition.comparison) {
    case Comparison::less: return negative || limit.is_zero();
    case Comparison::less_equal:
    case Comparison::equal: return negative;
    default: return false;
  }
}

bool shows_a_value(const Section &section) {
  return std::any_of(section.tokens.begin(), section.tokens.end(),
                     [](const Token &token) { return token.kind != TokenKind::literal; });
}

// Literals around the value as it is.
void append_around(OutputBuffer &out, const Section &section, const Cell &cell,
                   const Locale &locale) {
  for (const Token &token : section.tokens) {
    if (token.kind == TokenKind::literal) {
      out.append(token.text);
    } else {
      append_plain(out, cell, locale);
    }
  }
}

void append_general_section(OutputBuffer &out, const Section &section, CellTag tag,
                            DecimalDigits &digits, bool with_sign, const Locale &locale) {
  if (with_sign && digits.negative() && !digits.is_zero()) out.push('-');
  for (const Token &token : section.tokens) {
    if (token.kind == TokenKind::literal) {
      out.append(token.text);
    } else {
      append_general(out, tag, digits, false, locale);
    }
  }
}

Error invalid_code(std::string_view code, const char *detail) {
  return {sqlstate::invalid_parameter_value,
          "format code \"" + std::string(code) + "\" is not valid", detail};
}

constexpr std::size_t kNumberSections = 3;

}  // namespace

FormatCode::FormatCode(std::string_view code) {
  if (code.size() > kMaxFormatCode) {
    throw Error(sqlstate::invalid_parameter_value, "a format code is too long",
                "It has " + std::to_string(code.size()) + " bytes; " +
                    std::to_string(kMaxFormatCode) + " are allowed.");
  }
  sections_ = format::parse_sections(code.empty() ? "General" : code);
  if (sections_.size() > kNumberSections || sections_.back().kind == SectionKind::text) {
    text_section_ = std::move(sections_.back());
    sections_.pop_back();
    if (text_section_->kind != SectionKind::text && shows_a_value(*text_section_)) {
      throw invalid_code(code,
                         "The fourth section is for text: it has @, or nothing but literals.");
    }
  }
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    if (sections_[i].kind == SectionKind::text) {
      throw invalid_code(code, "The section for text is the last one.");
    }
    if (i == kNumberSections - 1 && sections_[i].condition) {
      throw invalid_code(code,
                         "The first two sections may have a condition, the third has what "
                         "neither holds for.");
    }
  }
}

// nullptr if the number is shown as General: no condition holds for it.
const Section *FormatCode::section_for(const DecimalDigits &number, bool &with_sign) const {
  const auto meets = [&](const Condition &condition) {
    return holds(condition, number.compare(DecimalDigits(condition.limit)));
  };
  const bool negative = number.negative() && !number.is_zero();
  const Section &first = sections_[0];
  with_sign = true;
  if (sections_.size() == 1) return !first.condition || meets(*first.condition) ? &first : nullptr;

  const bool only_two = sections_.size() == 2;
  const bool positive = only_two ? !negative : !negative && !number.is_zero();
  if (first.condition ? meets(*first.condition) : positive) {
    with_sign = !first.condition || !only_negative(*first.condition);
    return &first;
  }
  const Section &second = sections_[1];
  if (second.condition ? meets(*second.condition) : only_two || negative) {
    with_sign = second.condition ? !only_negative(*second.condition)
                                 : only_two && first.condition.has_value();
    return &second;
  }
  return only_two ? nullptr : &sections_[2];
}

void FormatCode::append(OutputBuffer &out, const Cell &cell, const Locale &locale) const {
  if (cell.is_null()) return;
  if (!sections_.empty() && DecimalDigits::can_read(cell)) return append_number(out, cell, locale);
  if (!sections_.empty() && is_moment(cell.tag)) return append_moment(out, cell, locale);
  if (text_section_) return append_around(out, *text_section_, cell, locale);
  append_plain(out, cell, locale);
}

std::string FormatCode::text(const Cell &cell, const Locale &locale) const {
  OutputBuffer out;
  append(out, cell, locale);
  return std::string(out.view());
}

void FormatCode::append_number(OutputBuffer &out, const Cell &cell, const Locale &locale) const {
  DecimalDigits digits(cell);
  bool with_sign;
  const Section *const section = section_for(digits, with_sign);
  if (section == nullptr || section->kind == SectionKind::moment) {
    append_general(out, cell.tag, digits, true, locale);
  } else if (section->kind == SectionKind::general) {
    append_general_section(out, *section, cell.tag, digits, with_sign, locale);
  } else {
    format::append_number(out, *section, digits, with_sign, locale);
  }
}

// Conditions are about numbers: here the sign decides, and only an interval can be negative.
void FormatCode::append_moment(OutputBuffer &out, const Cell &cell, const Locale &locale) const {
  const int sign = cell.tag == CellTag::interval ? format::sign_of(interval_of(cell)) : 1;
  const std::size_t wanted = sign > 0 ? 0 : sign < 0 ? 1 : 2;
  const Section &section = sections_[wanted < sections_.size() ? wanted : 0];
  const bool with_sign = &section == &sections_[0];
  if (!shows_a_value(section)) return append_around(out, section, cell, locale);
  if (section.kind == SectionKind::moment &&
      format::append_moment(out, section, cell, with_sign, locale)) {
    return;
  }
  append_plain(out, cell, locale);
}

bool FormatCode::is_date() const {
  return !sections_.empty() && sections_[0].kind == SectionKind::moment;
}

int FormatCode::decimals() const {
  if (sections_.empty() || sections_[0].kind != SectionKind::number) return -1;
  return sections_[0].number.fraction_digits;
}

std::string default_format_code(CellTag tag, int scale) {
  constexpr int kMostDecimals = 30;  // what Excel shows
  switch (tag) {
    case CellTag::integer: return "0";
    case CellTag::numeric:
      if (scale == 0) return "0";
      if (scale < 0 || scale > kMostDecimals) return "General";
      return "#,##0." + std::string(static_cast<std::size_t>(scale), '0');
    case CellTag::float32:
    case CellTag::float64: return "General";
    case CellTag::date: return "yyyy-mm-dd";
    // A timetz has no code for its offset, and is spelled out.
    case CellTag::time: return "hh:mm:ss";
    case CellTag::timestamp:
    case CellTag::timestamptz: return "yyyy-mm-dd hh:mm:ss";
    case CellTag::interval: return "[h]:mm:ss";
    default: return "@";
  }
}

}  // namespace pgexport
