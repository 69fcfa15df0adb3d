// EXPORT_SSE2 is defined where the instructions that every x86-64 processor has may be used; with
// EXPORT_NO_SIMD it is not, so that the plain code can be tested there too.
#pragma once

#if defined(__x86_64__) && !defined(EXPORT_NO_SIMD)
#define EXPORT_SSE2 1
#include <emmintrin.h>
#endif

#include "core/no_postgres.h"
