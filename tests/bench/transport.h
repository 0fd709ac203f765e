// The flags by which the bare server and the client know their certificates.
#pragma once

#include "common/auth/tls.h"

namespace partnerlink::bench {

// From --tls_certificate_file, --tls_key_file and --tls_ca_file.
auth::TlsFiles TlsFromFlags();

}  // namespace partnerlink::bench
