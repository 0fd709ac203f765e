// What a piece of text is made of, and the shapes of identifiers that every service checks.
// Pure functions; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace partnerlink::validation {

// Well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
bool IsValidUtf8(std::string_view text);

// How many code points `text`, valid UTF-8, has. The unit of every length limit of the API.
size_t CodePoints(std::string_view text);

// Whether `text`, valid UTF-8, holds a control character (category Cc) that is not in `allowed`, or
// a line or paragraph separator (U+2028, U+2029).
bool HasControl(std::string_view text, std::string_view allowed = "");

// Whether `text`, valid UTF-8, holds a format character (category Cf): bidi marks, overrides and
// isolates, zero-width characters, soft hyphens, tags.
bool HasFormat(std::string_view text);

// Whether `text`, valid UTF-8, is in Unicode normalisation form C.
bool IsNfc(std::string_view text);

// The code points of `text`, valid UTF-8, in compatibility form (NFKC): full-width letters and
// their like become the plain ones. To look for things in it, not to show it.
std::u32string CompatibilityForm(std::string_view text);

// UTF-8 of valid code points.
std::string ToUtf8(std::u32string_view points);

// A letter, digit or mark of any script.
bool IsWordCharacter(char32_t c);

// What is wrong with a text field, in words that fit behind the field's name; empty if nothing is.
// Right is: valid UTF-8 of `min` to `max` code points, not only white space unless `min` is 0, no
// format character, no control character but those in `allowed_controls`.
std::string TextProblem(std::string_view text, size_t min, size_t max,
                        std::string_view allowed_controls = "");

// An assigned ISO 3166-1 alpha-2 code in upper case.
bool IsCountryCode(std::string_view text);

// The id of an account, without its family: `[a-z0-9][a-z0-9-]{1,61}[a-z0-9]`.
bool IsAccountId(std::string_view text);

// A UUID in its canonical form: lower-case hexadecimal, 8-4-4-4-12.
bool IsUuid(std::string_view text);

// A BCP-47 language tag by its shape, at most 35 characters, such as `en` or `pt-BR`.
bool IsLanguageTag(std::string_view text);

}  // namespace partnerlink::validation
