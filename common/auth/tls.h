// Mutual TLS between the services: each proves by its certificate which service it is. The files
// are re-read while the service runs; swap certificate and key together.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/security/auth_context.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"

namespace partnerlink::auth {

// PEM files. Every peer's certificate must be signed by an authority in `ca`.
struct TlsFiles {
  std::string certificate;  // our own, followed by its intermediates
  std::string key;
  std::string ca;
  absl::Duration reload_interval = absl::Seconds(10);  // whole seconds, at least one
};

// For a server that refuses every peer without a certificate of ours that names a service.
// Fails, naming the file, if one is missing or unusable or if the key is not the certificate's.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(const TlsFiles& files);

// For a channel to the service `expected_peer_service`, such as `relationship`: a server whose
// certificate names another one is refused, whatever its address. Fails as ServerCredentials does.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentials(
    const TlsFiles& files, std::string_view expected_peer_service);

// The service that the peer's certificate names: {service} of its only URI
// `spiffe://partnerlink/{service}`. Empty for plaintext and for every other certificate.
std::string PeerOf(const grpc::AuthContext& connection);

}  // namespace partnerlink::auth
