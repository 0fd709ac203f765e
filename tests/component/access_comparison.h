// What the services answer, held against the reference model, and against every model that is wrong
// on purpose.
#pragma once

#include <set>
#include <span>
#include <string>

#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "tests/component/access_model.h"

namespace partnerlink::access_model {

std::string Show(const Verdict& verdict);
std::string Show(const relationship::v1::AccessDecision& decision);
std::string Show(const Holdings& holdings);

class Comparison {
 public:
  // Looks for these wrong rules. Each is a model more to ask until it is noticed.
  explicit Comparison(std::span<const Fault> faults = kFaults)
      : not_found_(faults.begin(), faults.end()) {}

  void Take(const Asker& asker, const relationship::v1::AccessQuestion& question,
            const Holdings& holdings, const relationship::v1::AccessDecision& decision);

  int compared() const { return compared_; }
  int allowed() const { return allowed_; }
  int mismatches() const { return mismatches_; }
  // The first mismatches.
  const std::string& shown() const { return shown_; }
  // Of the wrong rules those that were not noticed.
  const std::set<Fault>& not_found() const { return not_found_; }

 private:
  int compared_ = 0;
  int allowed_ = 0;
  int mismatches_ = 0;
  std::string shown_;
  std::set<Fault> not_found_;
};

}  // namespace partnerlink::access_model
