// Reads the cells of a worksheet's XML, strictly: what it does not know fails the test.  Shared by
// unit tests and the fuzz target.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/compress/zip_reader.h"

namespace pgexport::xlsx {

struct ReadCell {
  std::string type;     // of the attribute t; empty: a number
  std::string value;    // without entities, still with _xHHHH_
  std::string formula;  // likewise
  int style = 0;
  bool preserve = false;
};

struct ReadRow {
  int outline_level = 0;
  std::map<int, ReadCell> cells;  // by column, from 0
};

class SheetReader {
 public:
  explicit SheetReader(std::string_view xml) : whole_(xml) {
    rest_ = xml.substr(find(xml, "<sheetData>") + 11);
    while (!take("</sheetData>")) read_row();
  }

  const std::map<std::int64_t, ReadRow> &rows() const { return rows_; }
  const ReadRow &row(std::int64_t number) const { return rows_.at(number); }

  // nullptr if there is no such cell; the row counts from 1.
  const ReadCell *cell(int column, std::int64_t row) const {
    const auto found = rows_.find(row);
    if (found == rows_.end()) return nullptr;
    const auto cell = found->second.cells.find(column);
    return cell == found->second.cells.end() ? nullptr : &cell->second;
  }

  bool has(std::string_view xml) const { return whole_.find(xml) != std::string_view::npos; }

  static std::string unescaped(std::string_view text) {
    static const std::pair<std::string_view, char> kEntities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}};
    std::string plain;
    while (!text.empty()) {
      std::size_t length = 1;
      char c = text[0];
      if (c == '<') throw std::runtime_error("markup in a text");
      if (c == '&') {
        length = 0;
        for (const auto &[entity, meaning] : kEntities) {
          if (!text.starts_with(entity)) continue;
          c = meaning;
          length = entity.size();
        }
        if (length == 0) throw std::runtime_error("unknown entity");
      }
      plain += c;
      text.remove_prefix(length);
    }
    return plain;
  }

 private:
  static std::size_t find(std::string_view text, std::string_view what) {
    const std::size_t at = text.find(what);
    if (at == std::string_view::npos) throw std::runtime_error("missing: " + std::string(what));
    return at;
  }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  void require(std::string_view text) {
    if (!take(text)) {
      throw std::runtime_error("not " + std::string(text) + ": " +
                               std::string(rest_.substr(0, 80)));
    }
  }
  std::string_view until(std::string_view text) {
    const std::size_t at = find(rest_, text);
    const std::string_view before = rest_.substr(0, at);
    rest_.remove_prefix(at + text.size());
    return before;
  }

  std::map<std::string, std::string> attributes() {
    std::map<std::string, std::string> found;
    while (take(" ")) {
      const std::string name(until("=\""));
      found[name] = unescaped(until("\""));
    }
    return found;
  }

  void read_row() {
    require("<row");
    const auto facts = attributes();
    require(">");
    const std::int64_t number = facts.contains("r") ? std::stoll(facts.at("r")) : last_row_ + 1;
    if (number <= last_row_ || number > 1048576) throw std::runtime_error("rows out of order");
    last_row_ = number;
    ReadRow &row = rows_[number];
    if (facts.contains("outlineLevel")) row.outline_level = std::stoi(facts.at("outlineLevel"));
    int column = -1;
    while (!take("</row>")) read_cell(row, number, column);
  }

  void read_cell(ReadRow &row, std::int64_t number, int &column) {
    require("<c");
    const auto facts = attributes();
    const int before = column;
    column = facts.contains("r") ? column_of(facts.at("r"), number) : column + 1;
    if (column <= before || column >= 16384) throw std::runtime_error("cells out of order");
    ReadCell &cell = row.cells[column];
    if (facts.contains("s")) cell.style = std::stoi(facts.at("s"));
    if (facts.contains("t")) cell.type = facts.at("t");
    if (take("/>")) return;
    require(">");
    if (take("<f>")) cell.formula = unescaped(until("</f>"));
    if (cell.type == "inlineStr") {
      require("<is><t");
      cell.preserve = attributes().contains("xml:space");
      require(">");
      cell.value = unescaped(until("</t></is></c>"));
    } else {
      require("<v>");
      cell.value = unescaped(until("</v></c>"));
    }
  }

  static int column_of(const std::string &address, std::int64_t row) {
    int column = 0;
    std::size_t i = 0;
    for (; i < address.size() && address[i] >= 'A'; ++i)
      column = column * 26 + address[i] - 'A' + 1;
    if (address.substr(i) != std::to_string(row)) throw std::runtime_error("another row's address");
    return column - 1;
  }

  std::string_view whole_;
  std::string_view rest_;
  std::int64_t last_row_ = 0;
  std::map<std::int64_t, ReadRow> rows_;
};

// The parts of a package.
class PackageReader {
 public:
  explicit PackageReader(std::string_view archive) : parts_(read_zip(archive)) {}

  const std::string &part(std::string_view name) const {
    for (const ZipEntry &part : parts_) {
      if (part.name == name) return part.bytes;
    }
    throw std::runtime_error("no part " + std::string(name));
  }
  bool has(std::string_view name) const {
    for (const ZipEntry &part : parts_) {
      if (part.name == name) return true;
    }
    return false;
  }
  const std::vector<ZipEntry> &parts() const { return parts_; }

 private:
  std::vector<ZipEntry> parts_;
};

}  // namespace pgexport::xlsx
