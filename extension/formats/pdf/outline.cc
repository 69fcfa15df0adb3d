#include "formats/pdf/outline.h"

#include "formats/pdf/operators.h"
#include "formats/pdf/pdf_text.h"

namespace pgexport {

void Outline::add(int level, std::string_view title, int page, std::int64_t y) {
  const auto index = static_cast<int>(entries_.size());
  const auto entry_of = [&](int i) -> Entry & { return entries_[static_cast<std::size_t>(i)]; };
  while (!path_.empty() && entry_of(path_.back()).level >= level) path_.pop_back();
  const int parent = path_.empty() ? kNone : path_.back();
  entries_.push_back({text_string(title), y, page, level, parent});
  path_.push_back(index);

  int &first = parent == kNone ? first_top_ : entry_of(parent).first;
  int &last = parent == kNone ? last_top_ : entry_of(parent).last;
  int &children = parent == kNone ? top_entries_ : entry_of(parent).children;
  if (last != kNone) {
    entry_of(last).next = index;
    entry_of(index).previous = last;
  } else {
    first = index;
  }
  last = index;
  ++children;
}

int Outline::write(PdfFile &out, int first_page) const {
  const int root = out.reserve();
  const int first_entry = out.reserve(static_cast<int>(entries_.size()));
  const auto link = [&](const char *key, int index) {
    return index == kNone ? std::string() : key + reference(first_entry + index);
  };
  out.add_object(root, "<</Type/Outlines" + link("/First ", first_top_) +
                           link("/Last ", last_top_) + "/Count " + std::to_string(top_entries_) +
                           ">>");
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry &entry = entries_[i];
    char y[kMaxNumber];
    const std::string height(y, write_decimal(y, entry.y, 2));
    std::string body = "<</Title" + entry.title + "/Parent " +
                       reference(entry.parent == kNone ? root : first_entry + entry.parent) +
                       link("/Prev ", entry.previous) + link("/Next ", entry.next) +
                       link("/First ", entry.first) + link("/Last ", entry.last);
    // Negative: closed, until the reader opens it.
    if (entry.children > 0) body += "/Count " + std::to_string(-entry.children);
    body += "/Dest[" + reference(first_page + entry.page) + "/XYZ null " + height + " null]>>";
    out.add_object(first_entry + static_cast<int>(i), body);
  }
  return root;
}

}  // namespace pgexport
