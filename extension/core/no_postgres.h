// Tripwire, included last by every header of a C++-only folder.  It has no include guard on
// purpose: it must be read each time.  See docs/architecture.md, "Two worlds".
#ifdef POSTGRES_H
#error "a C++-only header was included after postgres.h; include bridge/prelude.h first"
#endif
