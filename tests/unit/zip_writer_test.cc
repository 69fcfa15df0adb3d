#include "core/compress/zip_writer.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "core/compress/zip_reader.h"
#include "core/error.h"

namespace pgexport {
namespace {

std::string number(std::uint64_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
  return bytes;
}

std::string sheet_like(std::size_t size) {
  std::mt19937 random(1);
  std::string text;
  while (text.size() < size) {
    text += "<c s=\"1\"><v>" + std::to_string(random() % 100000) + "</v></c>";
  }
  text.resize(size);
  return text;
}

// The archive of one entry, handed over in pieces of `step` bytes.
std::string archive_of(const std::string &bytes, std::size_t step) {
  OutputBuffer out;
  ZipWriter zip(out);
  zip.begin_entry("a.xml");
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    zip.write(std::string_view(bytes).substr(at, step));
  }
  zip.end_entry();
  zip.finish();
  return std::string(out.view());
}

TEST(ZipWriter, EntriesReadBack) {
  const std::string large = sheet_like(1'300'000);
  OutputBuffer out;
  ZipWriter zip(out);
  zip.add_entry("xl/empty.xml", "");
  zip.add_entry("xl/large.xml", large);
  zip.add_entry("small.xml", "<a/>");
  zip.finish();
  const auto entries = read_zip(out.view());
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].name, "xl/empty.xml");
  EXPECT_EQ(entries[0].bytes, "");
  EXPECT_EQ(entries[1].bytes, large);
  EXPECT_EQ(entries[2].name, "small.xml");
  EXPECT_EQ(entries[2].bytes, "<a/>");
}

TEST(ZipWriter, BufferMayBeEmptiedBetweenCalls) {
  const std::string bytes = sheet_like(900'000);
  OutputBuffer out;
  std::string archive;
  const auto drain = [&] {
    archive += out.view();
    out.clear();
  };
  ZipWriter zip(out);
  for (const char *name : {"a", "b"}) {
    zip.begin_entry(name);
    drain();
    for (std::size_t at = 0; at < bytes.size(); at += 100'000) {
      zip.write(std::string_view(bytes).substr(at, 100'000));
      drain();
    }
    zip.end_entry();
    drain();
  }
  zip.finish();
  drain();
  const auto entries = read_zip(archive);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].bytes, bytes);
  EXPECT_EQ(entries[1].bytes, bytes);
}

TEST(ZipWriter, BytesDoNotDependOnPieces) {
  const std::string bytes = sheet_like(1'000'000);
  const std::string whole = archive_of(bytes, bytes.size());
  EXPECT_EQ(archive_of(bytes, 7777), whole);
  EXPECT_EQ(archive_of(bytes, 262'144), whole);
  EXPECT_LT(whole.size(), bytes.size() / 3);
}

TEST(ZipWriter, SameEntryTwiceHasTheSameBytes) {
  const std::string bytes = sheet_like(400'000);
  OutputBuffer out;
  ZipWriter zip(out);
  zip.add_entry("a", bytes);
  const std::string first(out.view());
  zip.add_entry("a", bytes);
  EXPECT_EQ(out.view().substr(first.size()), first) << "a stream must not see the one before";
}

TEST(ZipWriter, DescriptorAndFixedTime) {
  const std::string archive = archive_of("abc", 3);
  EXPECT_EQ(archive.substr(0, 4), "PK\x03\x04");
  EXPECT_EQ(archive.substr(6, 2), number(8, 2)) << "sizes follow the bytes";
  EXPECT_EQ(archive.substr(10, 4), number(0, 2) + number(33, 2)) << "1980-01-01 00:00";
  EXPECT_EQ(archive.substr(14, 12), std::string(12, '\0'));
  const std::size_t descriptor = archive.find("PK\x07\x08");
  ASSERT_NE(descriptor, std::string::npos);
  EXPECT_EQ(archive.substr(descriptor + 4, 4), number(0x352441C2, 4)) << "CRC-32 of abc";
  EXPECT_EQ(archive.substr(descriptor + 12, 4), number(3, 4));
}

TEST(ZipWriter, ManyEntriesNeedTheLargeDirectory) {
  constexpr std::size_t kEntries = 65'536;
  OutputBuffer out;
  ZipWriter zip(out);
  for (std::size_t i = 0; i < kEntries; ++i) zip.add_entry(std::to_string(i), "x");
  zip.finish();
  const std::string_view archive = out.view();
  const std::size_t record = archive.rfind("PK\x06\x06");
  ASSERT_NE(record, std::string_view::npos);
  EXPECT_EQ(archive.substr(record + 24, 8), number(kEntries, 8));
  const std::size_t start = archive.find("PK\x01\x02");
  EXPECT_EQ(archive.substr(record + 48, 8), number(start, 8));
  EXPECT_EQ(archive.substr(record + 56, 4), "PK\x06\x07");
  EXPECT_EQ(archive.substr(record + 64, 8), number(record, 8));
  EXPECT_EQ(archive.substr(archive.size() - 22, 12),
            std::string("PK\x05\x06", 4) + number(0, 4) + number(0xFFFF, 2) + number(0xFFFF, 2));
}

TEST(ZipReader, RefusesDamage) {
  const std::string good = archive_of(sheet_like(5000), 5000);
  EXPECT_EQ(read_zip(good).size(), 1u);
  for (std::size_t cut = 0; cut < good.size(); cut += 97) {
    EXPECT_THROW(read_zip(good.substr(0, cut)), Error) << cut;
  }
  std::string changed = good;
  changed[60] = static_cast<char>(changed[60] ^ 0x10);
  EXPECT_THROW(read_zip(changed), Error);
  EXPECT_THROW(read_zip(""), Error);
}

}  // namespace
}  // namespace pgexport
