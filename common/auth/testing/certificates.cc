#include "common/auth/testing/certificates.h"

#include "common/auth/testing/openssl.h"
#include "openssl/ec.h"
#include "openssl/pem.h"
#include "openssl/rand.h"
#include "openssl/x509v3.h"

namespace partnerlink::auth::testing {
namespace {

constexpr long kLifeSeconds = 3600;

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  Require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

// Without extensions and signature.
X509* NewCertificate(const std::string& name, EVP_PKEY* key) {
  X509* certificate = X509_new();
  uint64_t serial = 0;
  Require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)) == 1);
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), kLifeSeconds);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

}  // namespace

CertificateAuthority::CertificateAuthority(const std::string& name)
    : key_(EVP_EC_gen("P-256")), certificate_(NewCertificate(name, key_.get())) {
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
  AddExtension(certificate_.get(), certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate_.get(), certificate_.get(), NID_key_usage, "critical,keyCertSign");
  Require(X509_sign(certificate_.get(), key_.get(), EVP_sha256()) > 0);
}

std::string CertificateAuthority::Pem() const {
  return PemOf([&](BIO* file) { return PEM_write_bio_X509(file, certificate_.get()); });
}

Identity CertificateAuthority::Issue(const std::vector<std::string>& uris) const {
  std::unique_ptr<EVP_PKEY, Release> key(EVP_EC_gen("P-256"));
  std::unique_ptr<X509, Release> leaf(NewCertificate("service", key.get()));
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(certificate_.get()));
  std::string names = "DNS:localhost";
  for (const std::string& uri : uris) names += ",URI:" + uri;
  AddExtension(leaf.get(), certificate_.get(), NID_subject_alt_name, names);
  Require(X509_sign(leaf.get(), key_.get(), EVP_sha256()) > 0);
  return {PemOf([&](BIO* file) { return PEM_write_bio_X509(file, leaf.get()); }),
          PemOf([&](BIO* file) {
            return PEM_write_bio_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

Identity CertificateAuthority::IssueFor(const std::string& service) const {
  return Issue({"spiffe://partnerlink/" + service});
}

}  // namespace partnerlink::auth::testing
