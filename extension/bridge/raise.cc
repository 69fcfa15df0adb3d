#include "bridge/raise.h"

extern "C" {
#include "mb/pg_wchar.h"
}

namespace pgexport {

namespace {

template <std::size_t N>
void copy_text(char (&to)[N], const char *from) noexcept {
  std::size_t length = strlen(from);
  if (length >= N) {
    length = N - 1;
    while (length > 0 && (static_cast<unsigned char>(from[length]) & 0xC0) == 0x80) --length;
  }
  memcpy(to, from, length);
  to[length] = '\0';
}

// The C++-only code speaks UTF-8, but may quote a text in the encoding of a document.
const char *server_text(const char *text) {
  const int size = static_cast<int>(strlen(text));
  if (GetDatabaseEncoding() == PG_UTF8 || !pg_verify_mbstr(PG_UTF8, text, size, true)) return text;
  return pg_any_to_server(text, size, PG_UTF8);
}

}  // namespace

void record_error(RaiseRecord &record, const char *state, const char *message, const char *detail,
                  const char *hint) noexcept {
  record.pg = nullptr;
  copy_text(record.state, state);
  copy_text(record.message, message);
  copy_text(record.detail, detail);
  copy_text(record.hint, hint);
}

void record_error(RaiseRecord &record, const Error &error) noexcept {
  record_error(record, error.state(), error.what(), error.detail().c_str(), error.hint().c_str());
}

void raise_recorded(const RaiseRecord &record) {
  if (record.pg) ReThrowError(record.pg);
  const char *s = record.state;
  ereport(ERROR, (errcode(MAKE_SQLSTATE(s[0], s[1], s[2], s[3], s[4])),
                  errmsg("%s", server_text(record.message)),
                  record.detail[0] ? errdetail("%s", server_text(record.detail)) : 0,
                  record.hint[0] ? errhint("%s", server_text(record.hint)) : 0));
  pg_unreachable();
}

}  // namespace pgexport
