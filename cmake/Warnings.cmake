# One place for warnings.  PostgreSQL's headers are SYSTEM includes and stay silent.
add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual
                    -Wformat=2 -Wundef)
if(EXPORT_WERROR)
  add_compile_options(-Werror)
endif()
