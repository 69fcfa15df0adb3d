// Reads the PDF files that the tests write: enough of the format for the files of this project,
// and strict about it.
#pragma once

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pgexport {

struct PdfObject {
  std::string dictionary;  // or what else the object is
  std::string stream;      // without its filter
};

// All objects of a file, those of its object streams too, by number.
class PdfReader {
 public:
  explicit PdfReader(std::string_view file) : file_(file) {
    EXPECT_TRUE(file.starts_with("%PDF-1.5\n"));
    EXPECT_TRUE(file.ends_with("%%EOF\n"));
    const std::size_t mark = file.rfind("startxref\n");
    const std::size_t table = number_at(mark + 10);
    read_table(read_object_at(table).stream);
  }

  const std::map<int, PdfObject> &objects() const { return objects_; }

  // The object whose dictionary holds `entry`, which must be one.
  const PdfObject &with(std::string_view entry) const {
    const PdfObject *found = nullptr;
    for (const auto &[number, object] : objects_) {
      if (object.dictionary.find(entry) == std::string::npos) continue;
      EXPECT_EQ(found, nullptr) << "more than one object has " << entry;
      found = &object;
    }
    static const PdfObject kNone;
    EXPECT_NE(found, nullptr) << "no object has " << entry;
    return found ? *found : kNone;
  }

  std::size_t count(std::string_view entry) const {
    std::size_t n = 0;
    for (const auto &[number, object] : objects_) {
      if (object.dictionary.find(entry) != std::string::npos) ++n;
    }
    return n;
  }

  // The streams of the page, in the order of the file's page objects.
  std::string page(std::size_t i) const {
    for (const auto &[number, object] : objects_) {
      if (object.dictionary.find("/Type/Page/") == std::string::npos || i-- != 0) continue;
      std::string all;
      std::size_t at = object.dictionary.find("/Contents");
      while ((at = object.dictionary.find_first_of("0123456789", at)) != std::string::npos) {
        all += objects_.at(std::atoi(object.dictionary.c_str() + at)).stream;
        at = object.dictionary.find(" R", at);
      }
      return all;
    }
    ADD_FAILURE() << "no such page";
    return {};
  }

 private:
  std::size_t number_at(std::size_t at) const {
    return std::strtoull(std::string(file_.substr(at, 20)).c_str(), nullptr, 10);
  }

  static std::string inflate(std::string_view body) {
    libdeflate_decompressor *const inflater = libdeflate_alloc_decompressor();
    std::string plain(1 << 22, '\0');
    std::size_t size = 0;
    EXPECT_EQ(libdeflate_zlib_decompress(inflater, body.data(), body.size(), plain.data(),
                                         plain.size(), &size),
              LIBDEFLATE_SUCCESS);
    libdeflate_free_decompressor(inflater);
    plain.resize(size);
    return plain;
  }

  static std::size_t value_of(std::string_view dictionary, std::string_view key) {
    const std::size_t at = dictionary.find(key);
    EXPECT_NE(at, std::string_view::npos) << key;
    return std::strtoull(std::string(dictionary.substr(at + key.size(), 20)).c_str(), nullptr, 10);
  }

  PdfObject read_object_at(std::size_t at) const {
    const std::size_t begin = file_.find(" obj\n", at) + 5;
    const std::size_t body = file_.find(">>stream\n", begin) + 9;
    PdfObject object;
    object.dictionary = file_.substr(begin, body - 7 - begin);
    const std::string_view stream = file_.substr(body, value_of(object.dictionary, "/Length "));
    EXPECT_EQ(file_.substr(body + stream.size(), 18), "\nendstream\nendobj\n");
    const bool packed = object.dictionary.find("/FlateDecode") != std::string::npos;
    object.stream = packed ? inflate(stream) : std::string(stream);
    return object;
  }

  void read_table(const std::string &table) {
    const auto bytes = [&](std::size_t at, int n) {
      std::size_t value = 0;
      for (int i = 0; i < n; ++i) {
        value = value << 8 | static_cast<unsigned char>(table[at + static_cast<std::size_t>(i)]);
      }
      return value;
    };
    for (std::size_t i = 1; i < table.size() / 8; ++i) {
      if (bytes(8 * i, 1) != 1) continue;
      const PdfObject object = read_object_at(bytes(8 * i + 1, 5));
      if (object.dictionary.find("/ObjStm") != std::string::npos) read_packed(object);
      objects_[static_cast<int>(i)] = object;
    }
    EXPECT_EQ(objects_.size(), table.size() / 8 - 1);
  }

  void read_packed(const PdfObject &packed) {
    const std::size_t first = value_of(packed.dictionary, "/First ");
    const std::size_t count = value_of(packed.dictionary, "/N ");
    std::vector<std::pair<int, std::size_t>> places;
    const char *p = packed.stream.c_str();
    char *end;
    for (std::size_t i = 0; i < count; ++i) {
      const auto number = static_cast<int>(std::strtol(p, &end, 10));
      places.emplace_back(number, first + std::strtoull(end, &end, 10));
      p = end;
    }
    places.emplace_back(0, packed.stream.size());
    for (std::size_t i = 0; i < count; ++i) {
      objects_[places[i].first].dictionary =
          packed.stream.substr(places[i].second, places[i + 1].second - places[i].second);
    }
  }

  const std::string_view file_;
  std::map<int, PdfObject> objects_;
};

}  // namespace pgexport
