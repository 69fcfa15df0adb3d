// C++ objects whose life is a PostgreSQL memory context.
//
// The reset callback is registered before the object exists: if its constructor throws, the
// callback finds nothing; the other way round an ERROR in between would leak the object.
// The destructor of T is noexcept, calls nothing of PostgreSQL, and does not touch memory of
// child contexts (they are gone by then).
#pragma once

#include "bridge/doors.h"

namespace pgexport {

namespace detail {
template <typename T>
struct OwnedSlot {
  MemoryContextCallback callback;
  T *object;
};

template <typename T>
void destroy_owned(void *arg) {
  auto *slot = static_cast<OwnedSlot<T> *>(arg);
  delete slot->object;
  slot->object = nullptr;
}
}  // namespace detail

// Constructs a T that is destroyed when `context` is reset or deleted.  PG world: raises ERROR.
// Arguments are trivially destructible (references, pointers, views).
template <typename T, typename... Args>
T *make_in_context(MemoryContext context, Args &&...args) {
  static_assert(std::is_nothrow_destructible_v<T>);
  using Slot = detail::OwnedSlot<T>;
  auto *slot = static_cast<Slot *>(MemoryContextAllocZero(context, sizeof(Slot)));
  slot->callback.func = detail::destroy_owned<T>;
  slot->callback.arg = slot;
  MemoryContextRegisterResetCallback(context, &slot->callback);
  pg_entry([&] { slot->object = new T(std::forward<Args>(args)...); });
  return slot->object;
}

}  // namespace pgexport
