# embed_file(NAME FILE): NAME.cpp in the build folder, with a function asynclat::NAME() that returns
# the bytes of the file. A header in src declares it.
function(embed_file name file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${file})
  file(READ ${PROJECT_SOURCE_DIR}/${file} hex HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${hex}")
  # A literal a line: a single one may be too long for a compiler.
  string(REGEX REPLACE "(................................................................)"
         "\\1\"\n\t\"" bytes "${bytes}")
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/${name}.cpp CONTENT
"#include <string_view>

namespace asynclat {

std::string_view ${name}();

std::string_view ${name}() {
	static constexpr char kBytes[] =
	\"${bytes}\";
	return {kBytes, sizeof(kBytes) - 1};
}

}  // namespace asynclat
" @ONLY)
endfunction()
