#include "formats/pdf/font_program.h"

#include <hpdf.h>
#include <hpdf_doc.h>
#include <hpdf_fontdef.h>
#include <hpdf_streams.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <new>

#include "core/error.h"

namespace pgexport {

namespace {

struct FreeDoc {
  void operator()(HPDF_Doc doc) const { HPDF_Free(doc); }
};
struct FreeFont {
  void operator()(HPDF_FontDef font) const { HPDF_FontDef_Free(font); }
};
struct FreeStream {
  void operator()(HPDF_Stream stream) const { HPDF_Stream_Free(stream); }
};

// What libharu reads the font from.  Its own readers open a file, which the checks would not cover.
struct FontReader {
  std::span<const unsigned char> bytes;
  std::size_t at = 0;
};

FontReader &reader_of(HPDF_Stream stream) { return *static_cast<FontReader *>(stream->attr); }

extern "C" {

static HPDF_STATUS read_font(HPDF_Stream stream, HPDF_BYTE *out, HPDF_UINT *size) {
  FontReader &reader = reader_of(stream);
  const std::size_t left = reader.bytes.size() - reader.at;
  const bool enough = *size <= left;
  if (!enough) *size = static_cast<HPDF_UINT>(left);
  if (*size > 0) std::memcpy(out, reader.bytes.data() + reader.at, *size);
  reader.at += *size;
  return enough ? HPDF_OK : HPDF_STREAM_EOF;
}

static HPDF_STATUS seek_font(HPDF_Stream stream, HPDF_INT place, HPDF_WhenceMode mode) {
  FontReader &reader = reader_of(stream);
  const std::size_t base = mode == HPDF_SEEK_SET   ? 0
                           : mode == HPDF_SEEK_CUR ? reader.at
                                                   : reader.bytes.size();
  const auto target = static_cast<std::int64_t>(base) + place;
  if (target < 0 || target > static_cast<std::int64_t>(reader.bytes.size())) {
    return HPDF_FILE_IO_ERROR;
  }
  reader.at = static_cast<std::size_t>(target);
  return HPDF_OK;
}

static HPDF_INT32 tell_font(HPDF_Stream stream) {
  return static_cast<HPDF_INT32>(reader_of(stream).at);
}

static HPDF_UINT32 size_font(HPDF_Stream stream) {
  return static_cast<HPDF_UINT32>(reader_of(stream).bytes.size());
}

static HPDF_STATUS write_program(HPDF_Stream stream, const HPDF_BYTE *bytes, HPDF_UINT size) {
  try {
    static_cast<std::string *>(stream->attr)->append(reinterpret_cast<const char *>(bytes), size);
    return HPDF_OK;
  } catch (...) {
    return HPDF_FAILD_TO_ALLOC_MEM;
  }
}

}  // extern "C"

[[noreturn]] void give_up(HPDF_Doc doc, const FontFile &file) {
  const HPDF_STATUS code = HPDF_GetError(doc);
  if (code == HPDF_FAILD_TO_ALLOC_MEM) throw std::bad_alloc();
  char number[16];
  std::snprintf(number, sizeof number, "0x%04lX", static_cast<unsigned long>(code));
  throw Error(sqlstate::external_routine_exception,
              "could not embed font file \"" + file.name() + "\"",
              std::string("libharu returned ") + number + ".", "Use another font file.");
}

bool has_tag(const HPDF_TTFTable &table, const char *tag) {
  return std::memcmp(table.tag, tag, sizeof table.tag) == 0;
}

// Whole words, so that the table after it is aligned; the bytes are there, between the tables.
void align_length(HPDF_TTFTable &table, std::size_t file_size) {
  const std::size_t aligned = (std::size_t{table.length} + 3) & ~std::size_t{3};
  if (table.offset + aligned <= file_size) table.length = static_cast<HPDF_UINT32>(aligned);
}

void leave_out_tables(HPDF_TTFontDefAttr font, bool with_character_map, std::size_t file_size) {
  for (int i = 0; i < font->offset_tbl.num_tables; ++i) {
    HPDF_TTFTable &table = font->offset_tbl.table[i];
    const bool unread = has_tag(table, "post") || (has_tag(table, "cmap") && !with_character_map);
    if (unread) {
      table.length = 0;
    } else {
      align_length(table, file_size);
    }
  }
  font->name_tbl.count = 0;
  // libharu always writes 13 tables, but leaves these three as they were in the file.
  font->offset_tbl.search_range = 8 * 16;
  font->offset_tbl.entry_selector = 3;
  font->offset_tbl.range_shift = 13 * 16 - 8 * 16;
}

}  // namespace

std::string font_program(FontFile &file, const std::vector<bool> &used, bool with_character_map) {
  const std::unique_ptr<HPDF_Doc_Rec, FreeDoc> doc(HPDF_New(nullptr, nullptr));
  if (!doc) throw std::bad_alloc();
  FontReader reader{file.bytes()};
  HPDF_Stream source =
      HPDF_CallbackReader_New(doc->mmgr, read_font, seek_font, tell_font, size_font, &reader);
  if (!source) give_up(doc.get(), file);
  // The font owns the stream from here on, also when it cannot be loaded.
  const std::unique_ptr<HPDF_FontDef_Rec, FreeFont> font(
      file.directory_offset() == 0 ? HPDF_TTFontDef_Load(doc->mmgr, source, HPDF_TRUE)
                                   : HPDF_TTFontDef_Load2(doc->mmgr, source, 0, HPDF_TRUE));
  if (!font) give_up(doc.get(), file);

  auto *attributes = static_cast<HPDF_TTFontDefAttr>(font->attr);
  for (std::size_t i = 0; i < used.size(); ++i) {
    attributes->glyph_tbl.flgs[i] = used[i] ? 1 : 0;
  }
  file.forget_other_advances(used);
  leave_out_tables(attributes, with_character_map, reader.bytes.size());

  std::string program;
  const std::unique_ptr<HPDF_Stream_Rec, FreeStream> sink(
      HPDF_CallbackWriter_New(doc->mmgr, write_program, &program));
  if (!sink) give_up(doc.get(), file);
  if (HPDF_TTFontDef_SaveFontData(font.get(), sink.get()) != HPDF_OK) give_up(doc.get(), file);
  return program;
}

}  // namespace pgexport
