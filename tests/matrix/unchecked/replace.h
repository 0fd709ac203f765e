// How a function of the services is replaced at the link: what calls it calls `allow` instead. What
// the linker calls it is said in ../CMakeLists.txt.
#pragma once

// Of a member function the object is the first parameter. That the function is still there is
// checked too: a program whose function has gone, or has other parameters by now, does not link.
#define PARTNERLINK_REPLACE(result, allow, parameters)                    \
  result allow parameters asm("__wrap_" REPLACED_BY_##allow);             \
  result InPlaceOf##allow parameters asm("__real_" REPLACED_BY_##allow);  \
  [[gnu::used]] static const auto kStillThere##allow = &InPlaceOf##allow; \
  result allow parameters
