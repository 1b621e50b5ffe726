// Gives back memory that the process holds and does not use. Whatever of it is needed again comes by itself:
// - pages of a library's file: two thirds of those that the system reads to load libtensorflow are names, relocations and tables for
//   exceptions, and XLA's compiler is code that runs once,
// - what was freed, and is kept by the C library for what may be asked for next.
//
//   giveBack(path: string): void    of the libraries whose path has this in it
#include <node_api.h>
#include <string.h>
#ifdef __linux__
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace {

#ifdef __linux__

// Of segments that nobody can write to, each page is the file's. Those of others are the process's own, and would be lost.
int forget_pages(dl_phdr_info* library, size_t, void* path) {
  if (strstr(library->dlpi_name, static_cast<const char*>(path)) == nullptr) return 0;
  const ElfW(Addr) page = sysconf(_SC_PAGESIZE);
  for (int at = 0; at < library->dlpi_phnum; at++) {
    const ElfW(Phdr)& segment = library->dlpi_phdr[at];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const ElfW(Addr) start = library->dlpi_addr + segment.p_vaddr;
    const ElfW(Addr) first = (start + page - 1) / page * page;
    const ElfW(Addr) end = (start + segment.p_memsz) / page * page;
    if (first < end) madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED);
  }
  return 0;
}

void give_back_all(char* path) {
  dl_iterate_phdr(forget_pages, path);
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

#else

void give_back_all(char*) {}

#endif

napi_value give_back(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  char path[4096] = "";
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  napi_get_value_string_utf8(env, argument, path, sizeof path, nullptr);
  give_back_all(path);
  return nullptr;
}

napi_value init(napi_env env, napi_value exports) {
  napi_value function;
  napi_create_function(env, "giveBack", NAPI_AUTO_LENGTH, give_back, nullptr, &function);
  napi_set_named_property(env, exports, "giveBack", function);
  return exports;
}

}  // namespace

NAPI_MODULE(give_back, init)
