#include "tests/bench/transport.h"

#include <string>

#include "absl/flags/flag.h"

ABSL_FLAG(std::string, tls_certificate_file, "", "Own certificate, PEM");
ABSL_FLAG(std::string, tls_key_file, "", "Key of the own certificate, PEM");
ABSL_FLAG(std::string, tls_ca_file, "", "Certificate of the authority, PEM");

namespace partnerlink::bench {

auth::TlsFiles TlsFromFlags() {
  return {.certificate = absl::GetFlag(FLAGS_tls_certificate_file),
          .key = absl::GetFlag(FLAGS_tls_key_file),
          .ca = absl::GetFlag(FLAGS_tls_ca_file)};
}

}  // namespace partnerlink::bench
