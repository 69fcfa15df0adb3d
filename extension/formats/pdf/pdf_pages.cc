#include "formats/pdf/pdf_pages.h"

#include <algorithm>
#include <cstdio>

#include "core/error.h"
#include "formats/pdf/font_objects.h"
#include "formats/pdf/font_set.h"
#include "formats/pdf/pdf_text.h"

namespace pgexport {

namespace {

constexpr std::string_view kProducer = "export for PostgreSQL";

// Children of a node of the page tree.
constexpr std::size_t kNodePages = 128;

constexpr double kMinSide = 10, kMaxSide = 14400;

constexpr const char *kLimitHint = "Select fewer rows or columns, or export them as XLSX or CSV.";

std::string with_thousands(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<std::size_t>(i), 1, ',');
  }
  return digits;
}

std::string points(double value) {
  char text[kMaxNumber];
  return {text, write_decimal(text, to_hundredths(value), 2)};
}

}  // namespace

PdfPages::PdfPages(OutputBuffer &out, Typesetter &typesetter, const PdfLimits &limits)
    : limits_(limits), typesetter_(typesetter), file_(out), page_(typesetter) {}

PdfPages::~PdfPages() = default;

void PdfPages::begin(const DocumentInfo &info, std::string_view language) {
  info_ = info;
  info_.logo.clear();
  language_ = language;
  file_.begin();
  resources_ = file_.reserve();
}

PdfPage &PdfPages::new_page(const PageSize &size) {
  finish_page();
  if (page_count() >= limits_.pages) {
    throw Error(sqlstate::program_limit_exceeded,
                "PDF document would have more than " +
                    with_thousands(static_cast<std::uint64_t>(limits_.pages)) + " pages",
                {}, kLimitHint);
  }
  check_bytes();
  const auto fits = [](double side) { return side >= kMinSide && side <= kMaxSide; };
  if (!fits(size.width) || !fits(size.height)) {
    throw Error(
        sqlstate::invalid_parameter_value,
        "page of " + points(size.width) + " by " + points(size.height) + " points is not possible",
        {}, "Choose sides of 10 to 14400 points.");
  }
  pages_.push_back({file_.reserve(), size_index(size)});
  page_.start(size);
  page_open_ = true;
  return page_;
}

PdfPage &PdfPages::page() { return page_; }
int PdfPages::page_count() const { return static_cast<int>(pages_.size()); }

void PdfPages::check_bytes() const {
  if (file_.size() <= limits_.bytes) return;
  throw Error(sqlstate::program_limit_exceeded,
              "PDF document would have more than " + with_thousands(limits_.bytes) + " bytes",
              "It had " + with_thousands(file_.size()) + " bytes after " +
                  with_thousands(pages_.size()) + " pages.",
              kLimitHint);
}

std::uint16_t PdfPages::size_index(const PageSize &size) {
  const auto same = [&](const PageSize &other) {
    return other.width == size.width && other.height == size.height;
  };
  const auto found = std::find_if(sizes_.begin(), sizes_.end(), same);
  const auto index = static_cast<std::size_t>(found - sizes_.begin());
  if (found == sizes_.end()) {
    if (index > 0xFFFF) {
      throw Error(sqlstate::program_limit_exceeded, "PDF document has too many sizes of pages", {},
                  "Give its pages the same size.");
    }
    sizes_.push_back(size);
  }
  return static_cast<std::uint16_t>(index);
}

void PdfPages::finish_page() {
  if (!page_open_) return;
  page_open_ = false;
  file_.add_stream(pages_.back().content, {}, page_.finish(), Effort::fast);
}

void PdfPages::add_outline_entry(int level, std::string_view title, double y) {
  outline_.add(level, title, page_count() - 1, to_hundredths(page_.size().height - y));
}

int PdfPages::add_picture(const Picture &picture) {
  const Effort effort = picture.encoded ? Effort::none : Effort::small;
  const std::string size = "/Type/XObject/Subtype/Image/BitsPerComponent 8/Width " +
                           std::to_string(picture.width) + "/Height " +
                           std::to_string(picture.height);
  std::string entries = size + picture.entries;
  if (!picture.mask.empty()) {
    const int mask = file_.reserve();
    file_.add_stream(mask, size + "/ColorSpace/DeviceGray", picture.mask, Effort::small);
    entries += "/SMask " + reference(mask);
  }
  const int number = file_.reserve();
  file_.add_stream(number, entries, picture.pixels, effort);
  pictures_.push_back(number);
  return static_cast<int>(pictures_.size()) - 1;
}

void PdfPages::finish(const RunningDrawer &running) {
  finish_page();
  const int first_page = file_.reserve(page_count());
  const int root = file_.reserve();
  const auto node_count = (pages_.size() + kNodePages - 1) / kNodePages;
  const int first_node = file_.reserve(static_cast<int>(node_count));
  std::string nodes;
  for (std::size_t node = 0; node < node_count; ++node) {
    const std::size_t begin = node * kNodePages, end = std::min(begin + kNodePages, pages_.size());
    const int number = first_node + static_cast<int>(node);
    std::string kids;
    for (std::size_t i = begin; i < end; ++i) {
      const int page = first_page + static_cast<int>(i);
      write_page(i, page, number, running);
      kids += reference(page) + " ";
    }
    file_.add_object(number, "<</Type/Pages/Parent " + reference(root) + "/Count " +
                                 std::to_string(end - begin) + "/Kids[" + kids + "]>>");
    nodes += reference(number) + " ";
  }
  file_.add_object(root, "<</Type/Pages/Resources " + reference(resources_) + "/Count " +
                             std::to_string(pages_.size()) + "/Kids[" + nodes + "]>>");
  write_resources();
  std::string catalog = "<</Type/Catalog/Pages " + reference(root);
  if (!language_.empty()) catalog += "/Lang" + text_string(language_);
  if (!outline_.empty()) {
    catalog += "/PageMode/UseOutlines/Outlines " + reference(outline_.write(file_, first_page));
  }
  if (!info_.title.empty()) catalog += "/ViewerPreferences<</DisplayDocTitle true>>";
  const int catalog_number = file_.reserve();
  file_.add_object(catalog_number, catalog + ">>");
  const int info = write_info();
  file_.finish(catalog_number, info);
  check_bytes();
}

void PdfPages::write_page(std::size_t i, int number, int parent, const RunningDrawer &running) {
  const PageSize &size = sizes_[pages_[i].size];
  std::string contents = reference(pages_[i].content);
  if (running) {
    page_.start(size);
    running(page_, static_cast<int>(i) + 1, page_count());
    const std::string_view drawn = page_.finish();
    if (!drawn.empty()) {
      const int stream = file_.reserve();
      file_.add_stream(stream, {}, drawn, Effort::fast);
      contents = "[" + contents + " " + reference(stream) + "]";
    }
  }
  file_.add_object(number, "<</Type/Page/Parent " + reference(parent) + "/MediaBox[0 0 " +
                               points(size.width) + " " + points(size.height) + "]/Contents " +
                               contents + ">>");
}

void PdfPages::write_resources() {
  std::string resources = "<</Font<<" + write_fonts(file_, typesetter_.fonts()) + ">>";
  if (!pictures_.empty()) {
    resources += "/XObject<<";
    for (std::size_t i = 0; i < pictures_.size(); ++i) {
      resources += "/I" + std::to_string(i) + " " + reference(pictures_[i]);
    }
    resources += ">>";
  }
  file_.add_object(resources_, resources + ">>");
}

int PdfPages::write_info() {
  std::string info = "<</Producer" + text_string(kProducer);
  const auto add = [&](const char *key, const std::string &value) {
    if (!value.empty()) info += key + text_string(value);
  };
  add("/Title", info_.title);
  add("/Author", info_.author);
  add("/Subject", info_.subject);
  const std::string date = date_string(info_.document_time, info_.utc_offset);
  if (!date.empty()) info += "/CreationDate" + date;
  const int number = file_.reserve();
  file_.add_object(number, info + ">>");
  return number;
}

}  // namespace pgexport
