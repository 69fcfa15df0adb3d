// Builds the package of a workbook with libxlsxwriter: everything but the rows of its tables.
//
// libxlsxwriter gets a workbook with the same sheets, styles, charts, names and properties, and
// without the rows.  It writes to a file in memory, through temporary files in /dev/shm that have
// no name as soon as they are open.  Of what it made all parts are taken but the XML of the sheets
// that have been streamed; that their styles and drawings have the numbers which the streamed rows
// use is checked.
//
// It runs in one call without the server in between, so that no error of the server can leave its
// objects behind.
#pragma once

#include <string>
#include <vector>

#include "core/compress/zip_reader.h"
#include "formats/xlsx/workbook_plan.h"

#include "core/no_postgres.h"

namespace pgexport::xlsx {

// The parts, under their final names.  Throws Error 38000 if libxlsxwriter fails.
std::vector<ZipEntry> build_package(const Workbook &workbook);

}  // namespace pgexport::xlsx
