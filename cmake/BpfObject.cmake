# bpf_object(NAME): bpf/NAME.bpf.c -> NAME.bpf.o -> NAME.skel.h, as the interface target bpf_NAME; and
# the same source as NAME_no_cas, for kernels whose BPF has no compare-and-swap (before 5.12).
# Needs neither the build host's BTF nor its kernel headers.
find_program(CLANG NAMES clang-14 clang REQUIRED)
find_program(LLVM_STRIP NAMES llvm-strip-14 llvm-strip REQUIRED)
find_program(BPFTOOL NAMES bpftool PATHS /usr/sbin /sbin REQUIRED)

# Where a kprobe finds a function's arguments: libbpf's name for the processor.
set(BPF_ARCH ${CMAKE_SYSTEM_PROCESSOR})
string(REPLACE x86_64 x86 BPF_ARCH ${BPF_ARCH})
string(REPLACE aarch64 arm64 BPF_ARCH ${BPF_ARCH})

function(bpf_object name)
  add_library(bpf_${name} INTERFACE)
  target_include_directories(bpf_${name} INTERFACE ${PROJECT_BINARY_DIR}/bpf)
  bpf_build(${name} ${name} -mcpu=v3)
  bpf_build(${name} ${name}_no_cas -mcpu=v2 -DAL_NO_CAS)
endfunction()

function(bpf_build source_name name)
  set(source ${PROJECT_SOURCE_DIR}/bpf/${source_name}.bpf.c)
  set(object ${PROJECT_BINARY_DIR}/bpf/${name}.bpf.o)
  set(skeleton ${PROJECT_BINARY_DIR}/bpf/${name}.skel.h)
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/bpf
    COMMAND ${CLANG} -target bpf -D__TARGET_ARCH_${BPF_ARCH} ${ARGN} -g -O2 -Wall -Wextra -Werror -Wno-unused-parameter
            -I${PROJECT_SOURCE_DIR}/include -I${PROJECT_SOURCE_DIR}/bpf
            -idirafter /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}
            -MD -MF ${object}.d -c ${source} -o ${object}
    COMMAND ${LLVM_STRIP} -g ${object}
    DEPENDS ${source}
    DEPFILE ${object}.d
    COMMENT "BPF object ${name}"
    VERBATIM)
  add_custom_command(
    OUTPUT ${skeleton}
    COMMAND ${BPFTOOL} gen skeleton ${object} name ${name} > ${skeleton}
    DEPENDS ${object}
    COMMENT "BPF skeleton ${name}"
    VERBATIM)
  add_custom_target(bpf_${name}_files DEPENDS ${skeleton})
  add_dependencies(bpf_${source_name} bpf_${name}_files)
endfunction()
