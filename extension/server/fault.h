// Named places where a test build can be made to fail.  A build without EXPORT_FAULTS has none.
//
//   ALTER SYSTEM SET export.fault = 'point:action[:n]'      at the n-th passage of a process (1)
//
// Actions: error, fatal, kill9, enospc, nomem, sleep (until the setting is another one).
#pragma once

namespace pgexport {

#ifdef EXPORT_FAULTS
void define_fault_setting();
void fault_point(const char *name);
#else
inline void define_fault_setting() {}
inline void fault_point(const char *) {}
#endif

}  // namespace pgexport
