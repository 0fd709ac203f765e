// What this process asks of the database and of its keys while one of these lives: each statement
// that is sent, with the number of its parameters, and each MAC, in order.
#pragma once

#include <string>
#include <vector>

namespace partnerlink::support {

// One at a time, of one thread.
class WorkTrace {
 public:
  WorkTrace();
  ~WorkTrace();
  WorkTrace(const WorkTrace&) = delete;
  WorkTrace& operator=(const WorkTrace&) = delete;

  const std::vector<std::string>& steps() const { return steps_; }

  // Called by what stands before the libraries.
  static void Add(std::string step);

 private:
  std::vector<std::string> steps_;
};

}  // namespace partnerlink::support
