// The description of grpc.health.v1 for reflection.
#pragma once

namespace partnerlink::server {

// Makes grpc/health/v1/health.proto known to reflection, which looks for services among the
// descriptors of generated code. May be called again. Any thread may call it.
void DescribeHealth();

}  // namespace partnerlink::server
