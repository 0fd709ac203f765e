#include "tests/component/work_trace.h"

#include <dlfcn.h>
#include <libpq-fe.h>
#include <openssl/hmac.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace partnerlink::support {
namespace {

thread_local WorkTrace* present = nullptr;

// The library's own function of this name.
template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

WorkTrace::WorkTrace() { present = this; }
WorkTrace::~WorkTrace() { present = nullptr; }

void WorkTrace::Add(std::string step) {
  if (present != nullptr) present->steps_.push_back(std::move(step));
}

}  // namespace partnerlink::support

// These stand before the libraries' functions, for libraries too.
using partnerlink::support::Next;
using partnerlink::support::WorkTrace;

extern "C" {

PGresult* PQexec(PGconn* connection, const char* query) {
  static auto* const next = Next<decltype(PQexec)>("PQexec");
  WorkTrace::Add("statement");
  return next(connection, query);
}

PGresult* PQexecPrepared(PGconn* connection, const char* statement, int count,
                         const char* const* values, const int* lengths, const int* formats,
                         int result_format) {
  static auto* const next = Next<decltype(PQexecPrepared)>("PQexecPrepared");
  WorkTrace::Add(absl::StrCat("statement of ", count));
  return next(connection, statement, count, values, lengths, formats, result_format);
}

int PQsendQueryPrepared(PGconn* connection, const char* statement, int count,
                        const char* const* values, const int* lengths, const int* formats,
                        int result_format) {
  static auto* const next = Next<decltype(PQsendQueryPrepared)>("PQsendQueryPrepared");
  WorkTrace::Add(absl::StrCat("statement of ", count));
  return next(connection, statement, count, values, lengths, formats, result_format);
}

unsigned char* HMAC(const EVP_MD* digest, const void* key, int key_size,
                    const unsigned char* content, size_t size, unsigned char* mac,
                    unsigned int* mac_size) {
  static auto* const next = Next<decltype(HMAC)>("HMAC");
  WorkTrace::Add(absl::StrCat("MAC of ", size));
  return next(digest, key, key_size, content, size, mac, mac_size);
}

}  // extern "C"
