// The objects of a PDF 1.5 file (ISO 32000-1, 7.5): streams, objects packed into object streams,
// and the cross-reference stream.
//
// Objects leave as they are written; what is kept is 8 bytes of each, for the cross reference.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/output_buffer.h"

#include "core/no_postgres.h"

struct libdeflate_compressor;

namespace pgexport {

// How hard to compress: pages are many and wanted fast, fonts and pictures are few.
enum class Effort { none, fast, small };

class PdfFile {
 public:
  // Bytes are appended to `out`, which may be emptied between any two calls.
  explicit PdfFile(OutputBuffer &out);
  ~PdfFile();

  void begin();

  // The number of a new object, to be written once, at any time.
  int reserve() { return reserve(1); }
  int reserve(int count);  // of consecutive numbers; the first

  // A stream with the entries of its dictionary that the caller knows ("/Type/XObject…").
  // Unless `effort` is none, the body is compressed and the filter named.
  void add_stream(int number, std::string_view entries, std::string_view body, Effort effort);

  // Any other object.
  void add_object(int number, std::string_view body);

  // Writes what is left.  `info` may be 0: none.
  void finish(int root, int info);

  std::uint64_t size() const { return size_; }

 private:
  struct FreeCompressor {
    void operator()(libdeflate_compressor *compressor) const;
  };
  using Compressor = std::unique_ptr<libdeflate_compressor, FreeCompressor>;

  void put(std::string_view bytes);
  std::string_view compress(std::string_view body, Effort effort);
  void flush_packed();

  OutputBuffer &out_;
  std::uint64_t size_ = 0;
  std::uint32_t checksum_ = 0;         // of all that was written
  std::vector<std::uint64_t> places_;  // by object number, see pdf_file.cc
  Compressor fast_, small_;
  OutputBuffer compressed_;
  std::string packed_;                                      // bodies of the next object stream
  std::vector<std::pair<int, std::size_t>> packed_places_;  // number and offset of each
};

// "12 0 R"
std::string reference(int number);

}  // namespace pgexport
