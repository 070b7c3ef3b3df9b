#ifndef PAIPA_FETCH_ANSWER_HPP
#define PAIPA_FETCH_ANSWER_HPP

#include <chrono>
#include <ctime>
#include <curl/curl.h>
#include <optional>
#include <string>

namespace fetch {

/// The value of a header of the last response, if it has one; of several lines, with ", " between.
std::optional<std::string> header_value(CURL* easy, const char* name);

/// How long to wait by a Retry-After (RFC 9110, 10.2.3): seconds, or a date, which counts from
/// `now`, the server's time. At least a second, since the server wants a pause; at most a year.
/// Nullopt when it is neither.
std::optional<std::chrono::seconds> retry_after_pause(const std::string& value, std::time_t now);

/// Returns when the last response has a status 2xx.
///
/// Errors: `busy_error`, `transient_error`, `permanent_error`, by the status.
void check_answer(CURL* easy);

}  // namespace fetch

#endif
