#include "crypto/hmac.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/error.h"

namespace pgexport {

Sha256 hmac_sha256(std::string_view key, std::string_view bytes) {
  Sha256 code;
  unsigned int size = 0;
  const unsigned char *done =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size(), code.data(), &size);
  if (!done || size != code.size()) {
    throw Error(sqlstate::external_routine_exception, "HMAC-SHA-256 failed in OpenSSL");
  }
  return code;
}

}  // namespace pgexport
