// A chart as a spreadsheet draws it, made with libxlsxwriter.
#pragma once

#include <xlsxwriter.h>

#include "formats/drawing/surface.h"
#include "formats/xlsx/workbook_plan.h"

#include "core/no_postgres.h"

namespace pgexport::xlsx {

// The chart belongs to the workbook.  `options` is set to its size.  The accent is the colour of
// the first series.  Throws Error 38000 if libxlsxwriter fails, 22023 for a negative slice of a
// pie.
lxw_chart *make_native_chart(lxw_workbook *book, const PlacedChart &chart, Colour accent,
                             lxw_chart_options &options);

}  // namespace pgexport::xlsx
