// Arrays as PostgreSQL's array_out writes them: {1,2,NULL}, {"a b",c}, [0:1]={t,f}.
// Source: PostgreSQL 15, src/backend/utils/adt/arrayfuncs.c.
#pragma once

#include <string_view>

#include "core/cell.h"
#include "core/output_buffer.h"
#include "core/text/time_text.h"

#include "core/no_postgres.h"

namespace pgexport {

class ArrayText {
 public:
  explicit ArrayText(spell::TimeStyle interval_style) : interval_style_(interval_style) {}

  // Appends the text of a flat_array cell.  Returns false if an element cannot be read in place;
  // `out` then holds part of the text.
  bool append(OutputBuffer &out, const Cell &array);

 private:
  void append_element(OutputBuffer &out, const Cell &element);

  spell::TimeStyle interval_style_;
  spell::DateCache dates_;
  OutputBuffer jsonb_;
};

}  // namespace pgexport
