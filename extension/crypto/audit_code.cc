#include "crypto/audit_code.h"

#include "crypto/hmac.h"

namespace pgexport {

std::string canonical_audit_row(std::span<const AuditField> fields) {
  std::string bytes;
  for (const AuditField &field : fields) {
    bytes.append(field.name);
    if (field.is_null) {
      bytes.append("=null\n");
    } else {
      bytes.append("=").append(std::to_string(field.value.size())).append(":");
      bytes.append(field.value).append("\n");
    }
  }
  return bytes;
}

Sha256 audit_code(const Key &key, std::string_view canonical) {
  return hmac_sha256(key.bytes.view(), canonical);
}

}  // namespace pgexport
