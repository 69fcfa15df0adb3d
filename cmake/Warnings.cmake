# One place for warnings.  PostgreSQL's headers are SYSTEM includes and stay silent.
add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual
                    -Wformat=2 -Wundef)
# g++ 12 sees overlapping copies inside std::string that are not there (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict)
endif()
if(EXPORT_WERROR)
  add_compile_options(-Werror)
endif()
