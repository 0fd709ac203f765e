// Certificates for tests: an authority and what it issues.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "openssl/evp.h"
#include "openssl/x509.h"

namespace partnerlink::auth::testing {

// PEM texts.
struct Identity {
  std::string certificate;
  std::string key;
};

// Issues certificates that are valid for an hour.
class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name);

  std::string Pem() const;

  // With these URIs as subject alternative names, and localhost as a DNS name.
  Identity Issue(const std::vector<std::string>& uris) const;

  // For `spiffe://partnerlink/{service}`.
  Identity IssueFor(const std::string& service) const;

 private:
  struct Release {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
  };

  std::unique_ptr<EVP_PKEY, Release> key_;
  std::unique_ptr<X509, Release> certificate_;
};

}  // namespace partnerlink::auth::testing
