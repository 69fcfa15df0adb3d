#include "formats/json/json_value.h"

#include <string>

#include "core/error.h"
#include "core/text/array_walk.h"
#include "core/text/jsonb_text.h"

namespace pgexport {

Room JsonValueWriter::make_more_room(Room room, std::size_t n) {
  close(room);
  char *at = out_.reserve(n + kRoomAhead);
  return {at, at + n + kRoomAhead};
}

Room JsonValueWriter::non_finite(Room room, char *end) const {
  switch (options_.non_finite) {
    case NonFinite::string: {
      const auto length = static_cast<std::size_t>(end - room.at);
      std::memmove(room.at + 1, room.at, length);
      return quoted(room, [&](char *p) { return p + length; });
    }
    case NonFinite::null: return put(room, "null");
    case NonFinite::error: break;
  }
  throw Error(sqlstate::numeric_value_out_of_range,
              "value " + std::string(room.at, end) + " cannot be written as JSON",
              "JSON has neither NaN nor infinity, and the option non_finite is \"error\".",
              "Set the option non_finite to \"string\" or \"null\".");
}

Room JsonValueWriter::long_string(Room room, const Cell &cell) {
  close(room);
  spell::append_json_string(out_, cell.data, cell.size);
  return make_more_room({out_.reserve(0), nullptr}, 0);
}

Room JsonValueWriter::embedded(Room room, const Cell &cell) {
  room = make_room(room, cell.size);
  if (!options_.lines) return put(room, cell.view());
  // A line break can only stand between tokens, where a space means the same.
  static const spell::AnyOf breaks(spell::ByteSet{{'\n', '\r', '\n', '\n'}});
  for (std::size_t i = 0; i < cell.size; ++i) {
    const std::size_t clean = spell::copy_until(room.at, cell.data + i, cell.size - i, breaks);
    i += clean;
    room.at += clean;
    if (i < cell.size) room = put(room, ' ');
  }
  return room;
}

Room JsonValueWriter::jsonb(Room room, const Cell &cell) {
  close(room);
  spell::append_jsonb(out_, cell.data, cell.size,
                      options_.pretty ? spell::JsonSpacing::postgres : spell::JsonSpacing::compact);
  return make_more_room({out_.reserve(0), nullptr}, 0);
}

Room JsonValueWriter::bytes(Room room, const Cell &cell) {
  const std::size_t n = cell.size;
  if (options_.bytes == BytesStyle::base64) {
    return quoted(make_room(room, (n + 2) / 3 * 4 + 2),
                  [&](char *p) { return spell::write_base64(p, cell.data, n); });
  }
  return quoted(make_room(room, 2 * n + 5), [&](char *p) {
    std::memcpy(p, R"(\\x)", 3);
    return spell::write_hex(p + 3, cell.data, n);
  });
}

void JsonValueWriter::throw_corrupted_array() {
  throw Error(sqlstate::data_corrupted, "array value is corrupted",
              "Its elements do not lie where its header says.");
}

Room JsonValueWriter::element(Room room, const Cell &cell, spell::DateCache &dates) {
  room = write(make_room(room, kScalarRoom), cell, dates);
  if (is_refused(room)) throw_corrupted_array();
  return room;
}

Room JsonValueWriter::separator(Room room, char c) {
  room = make_room(room, 2);
  room.at[0] = c;
  room.at[1] = ' ';
  room.at += options_.pretty ? 2 : 1;
  return room;
}

// In the pretty form, where the next key of the innermost record goes.
Room JsonValueWriter::new_line(Room room) {
  if (!options_.pretty) return room;
  // Two for the array of rows, two for the row, two for each record.
  const std::size_t indentation = 4 + 2 * static_cast<std::size_t>(depth_);
  room = make_room(room, indentation + 1);
  room = put(room, '\n');
  std::memset(room.at, ' ', indentation);
  room.at += indentation;
  return room;
}

// Rows of the array are counted as on an odometer: where the last dimension is through, its
// bracket closes and the dimension before it goes on.
template <typename NextElement>
Room JsonValueWriter::brackets(Room room, const int *dims, int ndim, int count,
                               NextElement next_element) {
  room = make_room(room, 2);
  if (count == 0) return put(room, "[]");
  int at[spell::kMaxArrayDimensions] = {};
  int to_open = ndim;
  for (int i = 0; i < count; ++i) {
    if (i > 0) room = separator(room, ',');
    room = make_room(room, spell::kMaxArrayDimensions);
    for (; to_open > 0; --to_open) room = put(room, '[');
    room = next_element(room);
    if (is_refused(room)) return room;
    room = make_room(room, spell::kMaxArrayDimensions);
    for (int d = ndim - 1; d >= 0 && ++at[d] == dims[d]; --d) {
      at[d] = 0;
      ++to_open;
      room = put(room, ']');
    }
  }
  return room;
}

Room JsonValueWriter::flat_array(Room room, const Cell &cell, spell::DateCache &dates) {
  ColumnLayout layout;
  if (cell.size < spell::kArrayHeadSize ||
      !spell::element_layout(spell::array_element_type(cell.data), layout)) {
    return refused();
  }
  spell::ArrayReader reader(cell.data, cell.size, layout);
  if (reader.failed()) return refused();
  const spell::ArrayHead &head = reader.head();
  return brackets(room, head.dims, head.ndim, head.count, [&](Room r) {
    Cell value;
    return reader.next(value) ? element(r, value, dates) : refused();
  });
}

Room JsonValueWriter::nested(Room room, const Cell &cell, spell::DateCache &dates) {
  if (cell.tag == CellTag::record) return record(room, *cell.record, dates);
  if (cell.tag == CellTag::range) return range(room, *cell.range, dates);
  const ArrayValue &array = *cell.array;
  const Cell *next = array.elements;
  return brackets(room, array.dims, array.ndim, array.count,
                  [&](Room r) { return element(r, *next++, dates); });
}

Room JsonValueWriter::record(Room room, const RecordValue &value, spell::DateCache &dates) {
  if (++depth_ > kMaxNesting) {
    throw Error(sqlstate::program_limit_exceeded, "composite values are nested too deeply",
                "The limit is " + std::to_string(kMaxNesting) + " levels.");
  }
  room = put(make_room(room, 1), '{');
  bool any = false;
  for (int i = 0; i < value.count; ++i) {
    const Cell &cell = value.cells[i];
    if (options_.omit_nulls && cell.is_null()) continue;
    if (any) room = put(make_room(room, 1), ',');
    any = true;
    room = new_line(room);
    room = string(room, data_cell(CellTag::text, value.names[i].data(), value.names[i].size()));
    room = element(separator(room, ':'), cell, dates);
  }
  --depth_;
  if (any) room = new_line(room);
  return put(make_room(room, 1), '}');
}

Room JsonValueWriter::range(Room room, const RangeValue &value, spell::DateCache &dates) {
  if (value.empty) {
    room = put(make_room(room, 16), R"({"empty")");
    return put(make_room(separator(room, ':'), 8), "true}");
  }
  room = separator(put(make_room(room, 16), R"({"lower")"), ':');
  room = separator(element(room, value.lower, dates), ',');
  room = separator(put(make_room(room, 16), R"("upper")"), ':');
  room = separator(element(room, value.upper, dates), ',');
  room = separator(put(make_room(room, 16), R"("bounds")"), ':');
  room = put(make_room(room, 8), value.lower_inclusive ? "\"[" : "\"(");
  return put(room, value.upper_inclusive ? "]\"}" : ")\"}");
}

}  // namespace pgexport
