// A document format: what it is called, which options it takes, what it needs from the server and
// how to make its writer.  The registry in formats/registry.cc lists them all.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string_view>

#include "formats/options.h"
#include "formats/row_writer.h"

#include "core/no_postgres.h"

namespace pgexport {

// What the receiver has to deliver for a document.
struct CellNeeds {
  // Arrays, composites and ranges as nested cells; otherwise as the text of their output function.
  bool nested = false;
  // Name of PostgreSQL's encoding of the document, e.g. "UTF8", "LATIN1".
  std::string encoding = "UTF8";
  // A character that the encoding lacks becomes '?' instead of an error.
  bool replace_unencodable = false;
  // The text of intervals that are part of a text value (arrays, composites): "postgres" or
  // "iso_8601".
  std::string interval_style = "postgres";
};

class Format {
 public:
  virtual ~Format() = default;

  virtual std::string_view name() const = 0;
  virtual std::string_view media_type() const = 0;
  virtual std::string_view file_extension() const = 0;  // without dot
  virtual std::string_view meaning() const = 0;         // one line for export.formats()
  virtual bool is_text() const = 0;                     // COPY announces format 0

  // Whether a document of this format has sections of that kind.  Others are left out, and their
  // queries are not run.
  virtual bool shows(SectionKind kind) const { return kind == SectionKind::table; }

  // Whether it has room for one table only; then the option `sheet` chooses among several.
  virtual bool holds_one_table() const { return false; }

  // Whether it is laid out for a person to read, and takes the layout options.
  virtual bool has_layout() const { return false; }

  // The options of this format, beside the common ones and those of layout.
  virtual std::span<const OptionSpec> options() const = 0;

  // Throws Error for values that contradict each other.  `values` were parsed for this format.
  virtual CellNeeds needs(const OptionValues &values) const = 0;
  virtual std::unique_ptr<RowWriter> make_writer(const OptionValues &values,
                                                 OutputBuffer &out) const = 0;
};

// All formats, in the order in which export.formats() shows them.
std::span<const Format *const> all_formats();

// nullptr if there is none of that name.
const Format *find_format(std::string_view name);

// As find_format, but throws Error 22023 that names the nearest format.
const Format &require_format(std::string_view name);

// Options that every format takes: args, columns, time_zone, compression, title, file_name …
std::span<const OptionSpec> common_options();

// Options that every format with a layout takes: subtitle, logo, locale, formats, totals …
std::span<const OptionSpec> layout_options();

// All that a format takes: its own, the common ones, those of layout.
std::array<std::span<const OptionSpec>, 3> options_of(const Format &format);

}  // namespace pgexport
