#include "formats/pdf/table_rows.h"

#include <algorithm>
#include <numeric>

namespace pgexport::pdf {

namespace {

std::string_view word_of(Aggregate total, const LocaleWords &words) {
  switch (total) {
    case Aggregate::avg: return words.average;
    case Aggregate::min: return words.minimum;
    case Aggregate::max: return words.maximum;
    case Aggregate::count: return words.count;
    case Aggregate::none:
    case Aggregate::sum: break;
  }
  return {};
}

std::string with_space(std::string_view word, std::string_view rest) {
  std::string text(word);
  if (!rest.empty()) text.append(" ").append(rest);
  return text;
}

}  // namespace

std::vector<int> body_columns(const TableHead &head) {
  std::vector<int> body;
  const auto &groups = head.group_by;
  for (int i = 0; i < static_cast<int>(head.columns.size()); ++i) {
    if (std::find(groups.begin(), groups.end(), i) == groups.end()) body.push_back(i);
  }
  if (!body.empty()) return body;
  body.resize(head.columns.size());
  std::iota(body.begin(), body.end(), 0);
  return body;
}

TableRows::TableRows(const TableHead &head, const Locale &locale, bool carry_over, ItemPool &pool)
    : head_(head),
      locale_(locale),
      pool_(pool),
      body_(body_columns(head)),
      totals_(head.columns, head.group_by) {
  texts_.reserve(head.columns.size());
  total_texts_.reserve(head.columns.size());
  for (const Column &column : head.columns) {
    texts_.emplace_back(column, locale);
    total_texts_.emplace_back(total_format_code(column), locale);
  }
  carries_ = carry_over && std::any_of(body_.begin(), body_.end(), [&head](int i) {
               return head.columns[static_cast<std::size_t>(i)].style.total == Aggregate::sum;
             });
}

bool TableRows::add(const Cell *cells, const Taker &take) {
  TableItemPtr row = pool_.take(ItemKind::row);
  if (!format_cells(cells, *row)) {
    pool_.give_back(std::move(row));
    return false;
  }
  const int level = totals_.begins(cells);
  if (level >= 0) {
    if (totals_.has_rows()) {
      for (int ended = totals_.levels() - 1; ended >= level; --ended) give_totals(ended, take);
    }
    for (int begun = level; begun < totals_.levels(); ++begun) {
      give_group(begun, cells[head_.group_by[static_cast<std::size_t>(begun)]], take);
    }
    if (totals_.levels() > 0) shaded_ = false;
  }
  totals_.add(cells);
  row->shaded = shaded_;
  shaded_ = !shaded_;
  if (carries_) append_carried(row->carried);
  take(std::move(row));
  return true;
}

void TableRows::finish(const Taker &take) {
  if (!totals_.has_rows()) return;
  for (int level = totals_.levels() - 1; level >= 0; --level) give_totals(level, take);
  give_totals(GroupedTotals::kGrandTotal, take);
}

// Returns false for an array that cannot be read where it lies, in the keys of groups too.
bool TableRows::format_cells(const Cell *cells, TableItem &item) {
  for (const int i : head_.group_by) {
    if (cells[i].tag != CellTag::flat_array) continue;
    scratch_.clear();
    if (!texts_[static_cast<std::size_t>(i)].append(scratch_, cells[i])) return false;
  }
  for (const int i : body_) {
    if (!texts_[static_cast<std::size_t>(i)].append(item.cells.buffer(), cells[i])) return false;
    item.cells.end_cell();
  }
  return true;
}

void TableRows::give_totals(int level, const Taker &take) {
  if (!totals_.has_totals()) return;
  const bool grand = level == GroupedTotals::kGrandTotal;
  TableItemPtr item = pool_.take(grand ? ItemKind::total : ItemKind::subtotal);
  item->level = grand ? 0 : level;
  item->label = grand ? std::string(locale_.words.total)
                      : with_space(locale_.words.subtotal, key_text(level, totals_.key(level)));
  for (const int column : body_) append_total(item->cells, level, column);
  take(std::move(item));
}

void TableRows::append_total(TextRow &row, int level, int column) {
  const auto i = static_cast<std::size_t>(column);
  const Aggregate total = head_.columns[i].style.total;
  if (total != Aggregate::none) {
    const Cell value = totals_.value(level, column);
    const std::string_view word = word_of(total, locale_.words);
    if (!value.is_null() && !word.empty()) {
      row.buffer().append(word);
      row.buffer().push(' ');
    }
    total_texts_[i].append(row.buffer(), value);
  }
  row.end_cell();
}

void TableRows::append_carried(TextRow &row) {
  for (const int column : body_) {
    const auto i = static_cast<std::size_t>(column);
    if (head_.columns[i].style.total == Aggregate::sum) {
      total_texts_[i].append(row.buffer(), totals_.value(GroupedTotals::kGrandTotal, column));
    }
    row.end_cell();
  }
}

void TableRows::give_group(int level, const Cell &key, const Taker &take) {
  const auto column = static_cast<std::size_t>(head_.group_by[static_cast<std::size_t>(level)]);
  TableItemPtr item = pool_.take(ItemKind::group);
  item->level = level;
  item->label = head_.columns[column].heading + ": " + key_text(level, key);
  take(std::move(item));
}

std::string TableRows::key_text(int level, const Cell &key) {
  if (key.is_null()) return std::string(locale_.words.empty);
  scratch_.clear();
  const auto column = static_cast<std::size_t>(head_.group_by[static_cast<std::size_t>(level)]);
  texts_[column].append(scratch_, key);
  return std::string(scratch_.view());
}

}  // namespace pgexport::pdf
