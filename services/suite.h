// The services of the suite, by full name: each process's reflection lists and describes them all,
// so that a client behind the gateway finds every method whichever process answers it.
#pragma once

#include <string>
#include <vector>

namespace partnerlink {

inline const std::vector<std::string>& SuiteServices() {
  static const auto* const services =
      new std::vector<std::string>{"partnerlink.directory.v1.CustomerDirectoryService",
                                   "partnerlink.invitation.v1.InvitationService",
                                   "partnerlink.relationship.v1.RelationshipService"};
  return *services;
}

}  // namespace partnerlink
