// The mail's default subject and body, in the locale's words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace partnerlink::invitation::message {

// What the default text speaks of. Names are one line, without control and format characters.
struct Draft {
  std::string locale;        // BCP-47; falls back as TemplateLocale says
  bool to_reseller = false;  // it asks a reseller for a partnership, not a customer
  std::string partner_display_name;
  std::string provider_display_name = {};  // of a combined invitation; otherwise empty
  std::string company_name;                // may be empty
  std::string note;                        // as ValidateNote wants it; may be empty
  std::vector<std::string> grant_roles;    // of the grant's catalogue; empty: no grant is asked for
  int32_t grant_duration_days = 0;
  absl::Duration ttl;          // less than a day: not spoken of
  bool names_sign_up = false;  // the page behind the link says where to sign up
};

// A subject that ValidateSubject takes; a long partner name is cut to fit.
std::string DefaultSubject(const Draft& draft);

// A body text that ValidateBody and ValidateBodyLink take, whatever the names hold: a marker or a
// web address in a name is spelt so that it is none (`Contoso. com`).
std::string DefaultBody(const Draft& draft);

// The names that DefaultBody holds, as it spells them.
std::vector<std::string> NamesIn(const Draft& draft);

// A name, spelt so that it holds neither a marker nor a web address.
std::string Inert(const std::string& name);

}  // namespace partnerlink::invitation::message
