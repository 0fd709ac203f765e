#include "common/auth/tls.h"

#include <cerrno>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "grpc/grpc_security_constants.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_certificate_verifier.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "openssl/bio.h"
#include "openssl/err.h"
#include "openssl/pem.h"
#include "openssl/x509.h"

namespace partnerlink::auth {
namespace {

namespace tls = grpc::experimental;

constexpr std::string_view kTrustDomain = "spiffe://partnerlink/";

struct OpenSslRelease {
  void operator()(BIO* file) const { BIO_free(file); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <typename T>
using Owned = std::unique_ptr<T, OpenSslRelease>;

// The service that a SPIFFE id of ours names; empty for any other URI.
std::string_view ServiceOf(std::string_view uri) {
  if (!uri.starts_with(kTrustDomain)) return {};
  uri.remove_prefix(kTrustDomain.size());
  for (const char c : uri) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '-') return {};
  }
  return uri;
}

// Runs after the handshake has checked the chain. The name of the host plays no part.
class ServiceVerifier final : public tls::ExternalCertificateVerifier {
 public:
  // An empty name stands for any service.
  explicit ServiceVerifier(std::string_view expected) : expected_(expected) {}

  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* sync_status) override {
    const auto uris = request->uri_names();
    const std::string_view service =
        uris.size() == 1 ? ServiceOf({uris[0].data(), uris[0].size()}) : std::string_view();
    const bool accepted = expected_.empty() ? !service.empty() : service == expected_;
    *sync_status = accepted ? grpc::Status::OK
                            : grpc::Status(grpc::StatusCode::UNAUTHENTICATED,
                                           "the certificate names another service");
    return true;
  }

  void Cancel(tls::TlsCustomVerificationCheckRequest*) override {}

 private:
  const std::string expected_;
};

absl::StatusOr<Owned<BIO>> OpenPem(const std::string& path, const char* what) {
  Owned<BIO> file(BIO_new_file(path.c_str(), "r"));
  if (file == nullptr) {
    const std::string cause = std::strerror(errno);
    ERR_clear_error();
    return absl::NotFoundError(
        absl::StrCat("the ", what, " file ", path, " cannot be read: ", cause));
  }
  return file;
}

absl::StatusOr<Owned<X509>> ReadCertificate(const std::string& path, const char* what) {
  PARTNERLINK_ASSIGN_OR_RETURN(const auto file, OpenPem(path, what));
  Owned<X509> certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (certificate == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("the ", what, " file ", path, " holds no PEM certificate"));
  }
  return certificate;
}

// Without a password: OpenSSL must not ask a terminal for one.
int NoPassword(char*, int, int, void*) { return 0; }

absl::StatusOr<Owned<EVP_PKEY>> ReadKey(const std::string& path) {
  PARTNERLINK_ASSIGN_OR_RETURN(const auto file, OpenPem(path, "key"));
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(file.get(), nullptr, NoPassword, nullptr));
  ERR_clear_error();
  if (key == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("the key file ", path, " holds no unencrypted PEM private key"));
  }
  return key;
}

absl::Status CheckFiles(const TlsFiles& files) {
  PARTNERLINK_ASSIGN_OR_RETURN(const auto certificate,
                               ReadCertificate(files.certificate, "certificate"));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto key, ReadKey(files.key));
  PARTNERLINK_ASSIGN_OR_RETURN(const auto ca, ReadCertificate(files.ca, "CA"));
  const bool match = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!match) {
    return absl::InvalidArgumentError(absl::StrCat("the key file ", files.key,
                                                   " does not belong to the certificate file ",
                                                   files.certificate));
  }
  if (files.reload_interval < absl::Seconds(1)) {
    return absl::InvalidArgumentError("the TLS files' reload interval is shorter than a second");
  }
  return absl::OkStatus();
}

void Configure(tls::TlsCredentialsOptions& options, std::string_view expected_peer) {
  options.watch_root_certs();
  options.set_root_cert_name("");
  options.watch_identity_key_cert_pairs();
  options.set_identity_cert_name("");
  options.set_certificate_verifier(
      tls::ExternalCertificateVerifier::Create<ServiceVerifier>(expected_peer));
}

std::shared_ptr<tls::CertificateProviderInterface> Watch(const TlsFiles& files) {
  return std::make_shared<tls::FileWatcherCertificateProvider>(
      files.key, files.certificate, files.ca,
      static_cast<unsigned int>(absl::ToInt64Seconds(files.reload_interval)));
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(const TlsFiles& files) {
  PARTNERLINK_RETURN_IF_ERROR(CheckFiles(files));
  tls::TlsServerCredentialsOptions options(Watch(files));
  Configure(options, "");
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return tls::TlsServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentials(
    const TlsFiles& files, std::string_view expected_peer_service) {
  PARTNERLINK_RETURN_IF_ERROR(CheckFiles(files));
  const std::string service(expected_peer_service);
  if (ServiceOf(std::string(kTrustDomain) + service).empty()) {
    return absl::InvalidArgumentError(absl::StrCat("'", service, "' is not the name of a service"));
  }
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Watch(files));
  Configure(options, expected_peer_service);
  options.set_verify_server_certs(true);
  options.set_check_call_host(false);
  return tls::TlsCredentials(options);
}

std::string PeerOf(const grpc::AuthContext& connection) {
  const auto ids = connection.FindPropertyValues(GRPC_PEER_SPIFFE_ID_PROPERTY_NAME);
  if (ids.size() != 1) return {};
  return std::string(ServiceOf({ids[0].data(), ids[0].size()}));
}

}  // namespace partnerlink::auth
