// Loads a shared library while what is written to stderr goes to a file in memory, and gives that text back: libtensorflow
// greets from a static initializer, where nothing can turn it off. Should loading end the process, the text is written to
// stderr after all.
//
//   load(path: string): { said: string, error?: string }
#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace {

const int kEndings[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
constexpr int kCount = sizeof(kEndings) / sizeof(*kEndings);

int kept = -1;    // The real stderr, while it is turned away.
int memory = -1;  // Where its text goes meanwhile.
struct sigaction before[kCount];

int memory_file() {
#ifdef __linux__
  return memfd_create("stderr", MFD_CLOEXEC);
#else
  char path[] = "/tmp/stderr-XXXXXX";
  int file = mkstemp(path);
  if (file >= 0) unlink(path);
  return file;
#endif
}

// Of calls that a signal's handler may make alone.
void on_ending(int signal) {
  dup2(kept, STDERR_FILENO);
  lseek(memory, 0, SEEK_SET);
  char part[4096];
  ssize_t size;
  while ((size = read(memory, part, sizeof part)) > 0)
    if (write(STDERR_FILENO, part, size) < 0) break;
  // On return the process ends as it would have.
  for (int at = 0; at < kCount; at++)
    if (kEndings[at] == signal) sigaction(signal, &before[at], nullptr);
}

bool turn_away() {
  if (kept >= 0) return false;
  memory = memory_file();
  if (memory < 0) return false;
  kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (kept < 0) {
    close(memory);
    return false;
  }
  struct sigaction action = {};
  action.sa_handler = on_ending;
  for (int at = 0; at < kCount; at++) sigaction(kEndings[at], &action, &before[at]);
  fflush(stderr);
  dup2(memory, STDERR_FILENO);
  return true;
}

std::string turn_back() {
  fflush(stderr);
  dup2(kept, STDERR_FILENO);
  for (int at = 0; at < kCount; at++) sigaction(kEndings[at], &before[at], nullptr);
  std::string said;
  lseek(memory, 0, SEEK_SET);
  char part[4096];
  ssize_t size;
  while ((size = read(memory, part, sizeof part)) > 0) said.append(part, size);
  close(memory);
  close(kept);
  kept = memory = -1;
  return said;
}

void set(napi_env env, napi_value object, const char* key, const std::string& text) {
  napi_value value;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  napi_set_named_property(env, object, key, value);
}

napi_value load(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  char path[4096] = "";
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  napi_get_value_string_utf8(env, argument, path, sizeof path, nullptr);
  const bool away = turn_away();
  // It stays loaded: what needs it later finds it there.
  const bool loaded = dlopen(path, RTLD_LAZY) != nullptr;
  const std::string error = loaded ? "" : dlerror();
  napi_value result;
  napi_create_object(env, &result);
  set(env, result, "said", away ? turn_back() : "");
  if (!loaded) set(env, result, "error", error);
  return result;
}

napi_value init(napi_env env, napi_value exports) {
  napi_value function;
  napi_create_function(env, "load", NAPI_AUTO_LENGTH, load, nullptr, &function);
  napi_set_named_property(env, exports, "load", function);
  return exports;
}

}  // namespace

NAPI_MODULE(quiet_load, init)
