# Sanitizers are for the C++-only targets; a server process cannot load a sanitized module.
if(EXPORT_SANITIZE)
  if(EXPORT_SERVER)
    message(FATAL_ERROR "EXPORT_SANITIZE needs -DEXPORT_SERVER=OFF")
  endif()
  add_compile_options(-fsanitize=${EXPORT_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${EXPORT_SANITIZE})
endif()
