// What a table is made of, from top to bottom: rows, and the lines that groups and totals add.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "formats/pdf/text_row.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

enum class ItemKind : std::uint8_t { row, group, subtotal, total };

// A piece of a cell's text on one line.
struct CellLine {
  std::size_t offset;  // in the text of the cell
  std::uint32_t size;
  bool hyphen;  // to be drawn after it
};

struct TableItem {
  ItemKind kind = ItemKind::row;
  int level = 0;        // of a group or its subtotal
  bool shaded = false;  // of a row: every other one
  std::string label;    // of a group: "Region: North"; of a total: "Total"
  TextRow cells;        // one per column of the body; none in a group
  TextRow carried;      // of a row: the sums up to and with it, if they are carried over

  // Set by the layout.  Cells of one line are drawn as they are; if one has more, `lines` holds
  // the lines of all cells, and `line_ends` where those of each cell end.
  std::uint32_t line_count = 1;
  bool label_above = false;  // of a total: the label does not fit beside the values
  bool squeezed = false;     // a number is wider than its column: set smaller, not broken
  std::vector<CellLine> lines;
  std::vector<std::uint32_t> line_ends;

  void clear(ItemKind new_kind) {
    kind = new_kind;
    level = 0;
    shaded = false;
    label.clear();
    cells.clear();
    carried.clear();
    line_count = 1;
    label_above = false;
    squeezed = false;
    lines.clear();
    line_ends.clear();
  }
};

using TableItemPtr = std::unique_ptr<TableItem>;

// Items that are not in use, so that a long table allocates those of a few pages only.
class ItemPool {
 public:
  TableItemPtr take(ItemKind kind) {
    if (free_.empty()) free_.push_back(std::make_unique<TableItem>());
    TableItemPtr item = std::move(free_.back());
    free_.pop_back();
    item->clear(kind);
    return item;
  }
  void give_back(TableItemPtr item) {
    if (free_.size() < kMost) free_.push_back(std::move(item));
  }

 private:
  static constexpr std::size_t kMost = 256;
  std::vector<TableItemPtr> free_;
};

}  // namespace pgexport::pdf
