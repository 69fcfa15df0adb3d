// Templates in the database: finding one, and the rights to it.
//
// A template belongs to a role.  Others get at it by a share with a role they have, or with
// everybody: `view` shows its text, `run` runs it too, `edit` saves new versions too.  A template
// that one may not even view does not exist for one.
#pragma once

#include "bridge/context_owned.h"

extern "C" {
#include "utils/uuid.h"
}

namespace pgexport {

// In the order of their power.
enum class TemplateRight : std::uint8_t { none, view, run, edit, own };

struct StoredTemplate {
  pg_uuid_t id;
  const char *name;
  TemplateRight right;  // of the current user
  int version;          // the current one
  const char *source;   // of the version that was asked for
  const char *note;     // of that version
  int source_version;
};

// In the current memory context.  `version` 0: the current one.  Raises 42704 for a template or
// version that does not exist, 42501 if the right is not enough.
const StoredTemplate *require_template(const char *name, int version, TemplateRight right);

// nullptr if there is none of that name that the user may view.
const StoredTemplate *find_template(const char *name, int version);

const char *right_name(TemplateRight right);
// Raises 22023 for a word that is none of view, run, edit.
TemplateRight parse_right(const char *word);

}  // namespace pgexport
