// What the keys, tokens and certificates of tests ask of OpenSSL.
#pragma once

#include <stdexcept>
#include <string>

#include "openssl/bio.h"

namespace partnerlink::auth::testing {

inline void Require(bool success) {
  if (!success) throw std::runtime_error("OpenSSL has failed");
}

// What `write` writes to a BIO, whose answer 1 says that it has.
template <typename Writer>
std::string PemOf(Writer write) {
  BIO* memory = BIO_new(BIO_s_mem());
  Require(write(memory) == 1);
  char* text = nullptr;
  const auto length = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<size_t>(length));
  BIO_free(memory);
  return pem;
}

}  // namespace partnerlink::auth::testing
