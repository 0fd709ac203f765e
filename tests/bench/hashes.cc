// Prints what the rows of pending_invitations.sql keep of their links: lines `number hash`, as COPY
// reads them.
#include <cstdlib>
#include <iostream>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "tests/bench/links.h"

ABSL_FLAG(std::string, link_key_file, "", "File of the secrets that links derive from");
ABSL_FLAG(uint64_t, first, 0, "Number of the first invitation");
ABSL_FLAG(uint64_t, count, 0, "How many");

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const auto links = partnerlink::bench::Links::FromFile(absl::GetFlag(FLAGS_link_key_file),
                                                         absl::GetFlag(FLAGS_first));
  if (!links) {
    std::cerr << "--link_key_file: cannot be read\n";
    return EXIT_FAILURE;
  }
  for (uint64_t place = 0; place < absl::GetFlag(FLAGS_count); ++place) {
    std::cout << links->NumberOf(place) << "\t\\\\x" << links->StoredHashOf(place) << "\n";
  }
}
