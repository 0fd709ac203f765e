// The Invitation service without a server: its handlers on a database of the test's own, in which
// the partners `partners/contoso` and `partners/fabrikam` are active.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/paging/page_tokens.h"
#include "common/postgres/pool.h"
#include "common/region/regions.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"
#include "services/invitation/deps.h"
#include "services/invitation/link/keys.h"
#include "tests/support/callers.h"
#include "tests/support/test_database.h"

namespace partnerlink::support {

inline constexpr char kContoso[] = "partners/contoso";
inline constexpr char kFabrikam[] = "partners/fabrikam";
inline constexpr char kAgreement[] = "2026-11";

// A call of this RPC of InvitationService.
TestCall CallOf(const std::string& rpc, const Principal& principal);

// People: `contoso`'s admin agent anna, the global administrator of a customer.
Principal Anna();
Principal Customer(const std::string& id, const std::string& email = "");

// Enrols an active partner in Poland.
void Enrol(const TestDatabase& database, const std::string& name);

class InvitationTest : public ::testing::Test {
 protected:
  InvitationTest();

  // As anna.
  absl::StatusOr<invitation::v1::Invitation> Create(
      const invitation::v1::CreateInvitationRequest& request);
  // A draft and an issued invitation of contoso; the test fails if they cannot be made.
  invitation::v1::Invitation Draft(const invitation::v1::Invitation& wish = {});
  invitation::v1::Invitation Issued(const invitation::v1::Invitation& wish = {});

  // What stands behind `#` in the invitation's link.
  std::string TokenOf(const invitation::v1::Invitation& invitation);

  absl::StatusOr<invitation::v1::Redemption> Accept(const Principal& principal,
                                                    const std::string& token,
                                                    const std::string& request_id = "");
  absl::StatusOr<invitation::v1::LookupInvitationResponse> Lookup(const std::string& token,
                                                                  const Principal& principal = {});
  absl::StatusOr<invitation::v1::DeclineInvitationResponse> Decline(
      const Principal& principal, const std::string& token, const std::string& request_id = "");
  absl::StatusOr<invitation::v1::Invitation> Revoke(const std::string& name,
                                                    const std::string& request_id = "");

  // The shape's check included.
  absl::StatusOr<invitation::v1::Invitation> Resend(
      const invitation::v1::ResendInvitationRequest& request, const Principal& principal = Anna());
  absl::StatusOr<invitation::v1::Invitation> Resend(const std::string& name,
                                                    int64_t ttl_seconds = 0);
  absl::StatusOr<invitation::v1::Invitation> Extend(const std::string& name, int64_t ttl_seconds);

  // The fixture's dependencies, with these in place of its own.
  invitation::Deps DepsWith(postgres::Pool& pool, const invitation::link::Keys& keys,
                            const region::Regions& regions) {
    return {.pool = pool,
            .work_pool = work_pool_,
            .page_tokens = page_tokens_,
            .keys = keys,
            .regions = regions,
            .link_base = deps_.link_base,
            .sign_up_url = deps_.sign_up_url,
            .min_ttl = deps_.min_ttl,
            .daily_issues = deps_.daily_issues,
            .sends_mail = deps_.sends_mail};
  }

  // The present state in the row, not the one in effect.
  std::string StoredState(const std::string& name);
  // Lets the invitation's time run out, so many milliseconds from now.
  void ExpireIn(const std::string& name, int milliseconds);

  int AuditRows() { return database_.Count("SELECT count(*) FROM common.audit_entries"); }
  int OutboxRows() { return database_.Count("SELECT count(*) FROM common.outbox"); }
  int RequestIds() { return database_.Count("SELECT count(*) FROM common.request_ids"); }

  TestDatabase database_;
  postgres::Pool pool_;
  postgres::Pool work_pool_;
  const paging::PageTokens page_tokens_;
  const region::Regions regions_;
  const std::unique_ptr<invitation::link::Keys> keys_;
  const invitation::Deps deps_;
};

// An acceptance of everything that is asked for, by a customer that is not known yet.
invitation::v1::AcceptInvitationRequest AcceptanceOf(const std::string& token);

// The id in `partners/{id}/invitations/{uuid}`.
std::string IdOf(const std::string& name);

}  // namespace partnerlink::support
