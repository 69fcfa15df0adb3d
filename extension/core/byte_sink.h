// Where the bytes of a document go.  Digest, compression and chunking are sinks around a sink;
// the last one hands the bytes to the server.
//
// Life cycle: write()* then close() once.  A sink that is destroyed without close() has not
// completed anything.  Errors are thrown; after one, only the destructor may be called.
// A sink does not own the next one unless its constructor says so.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport {

class ByteSink {
 public:
  ByteSink() = default;
  ByteSink(const ByteSink &) = delete;
  ByteSink &operator=(const ByteSink &) = delete;
  virtual ~ByteSink() = default;

  // `bytes` is read during the call only.
  virtual void write(std::string_view bytes) = 0;

  // Writes what the sink still holds and closes the next one.
  virtual void close() = 0;
};

}  // namespace pgexport
