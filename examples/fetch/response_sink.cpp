#include "response_sink.hpp"

#include "answer.hpp"
#include "gunzip.hpp"
#include "text.hpp"

#include <cstddef>
#include <curl/curl.h>
#include <exception>
#include <string>
#include <string_view>

namespace fetch {

namespace {

bool is_success(CURL* easy) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200 && status < 300;
}

// Content-Length; -1: it was not told.
curl_off_t announced_size(CURL* easy) {
    curl_off_t size = -1;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
    return size;
}

bool is_gzip(std::string_view encoding) {
    return encoding == "gzip" || encoding == "x-gzip";
}

}  // namespace

response_sink::response_sink(CURL* easy, std::size_t max_body) : easy_(easy), max_body_(max_body) {
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &response_sink::take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &response_sink::take_piece);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
}

bool response_sink::is_whole() const {
    if (unpacker_) {
        return unpacker_->is_whole();
    }
    if (has_begun_ || !is_gzip(encoding())) {
        return true;
    }
    // An empty body. Where only the end of the connection ends it, it may have been cut off.
    long version = 0;
    curl_easy_getinfo(easy_, CURLINFO_HTTP_VERSION, &version);
    return announced_size(easy_) == 0 || header_value(easy_, "Transfer-Encoding").has_value() ||
           version >= CURL_HTTP_VERSION_2_0;
}

std::string response_sink::encoding() const {
    return lower_case(header_value(easy_, "Content-Encoding").value_or(""));
}

// Called from C, as the next one: nothing may be thrown through it.
std::size_t response_sink::take_header(char* text, std::size_t one, std::size_t count,
                                       void* self) noexcept {
    auto& sink = *static_cast<response_sink*>(self);
    const std::size_t size = one * count;
    if (std::string_view(text, size).starts_with("HTTP/")) {
        sink.header_size_ = 0;  // another response: a redirect's, or one that goes before
    }
    sink.header_size_ += size;
    const bool is_end = size == 2;  // an empty line
    if (is_end && announced_size(sink.easy_) > static_cast<curl_off_t>(sink.max_body_)) {
        sink.problem_ = problem::large_body;
        return CURL_WRITEFUNC_ERROR;
    }
    if (sink.header_size_ > max_header) {
        sink.problem_ = problem::large_header;
        return CURL_WRITEFUNC_ERROR;
    }
    return size;
}

std::size_t response_sink::take_piece(char* text, std::size_t one, std::size_t count,
                                      void* self) noexcept {
    auto& sink = *static_cast<response_sink*>(self);
    const std::size_t size = one * count;
    try {
        sink.problem_ = sink.add({text, size});
    } catch (const std::exception&) {
        sink.problem_ = problem::no_memory;
    }
    return sink.problem_ == problem::none ? size : CURL_WRITEFUNC_ERROR;
}

response_sink::problem response_sink::add(std::string_view piece) {
    if (!has_begun_) {
        has_begun_ = true;
        // What an error page says is not looked at.
        const std::string packing = is_success(easy_) ? encoding() : "";
        if (is_gzip(packing)) {
            unpacker_.emplace();
        } else if (!packing.empty() && packing != "identity") {
            return problem::unknown_encoding;
        } else if (const curl_off_t size = announced_size(easy_); size > 0) {
            body_.reserve(static_cast<std::size_t>(size));  // it is within the limit
        }
    }
    if (unpacker_) {
        switch (unpacker_->unpack(piece, body_, max_body_)) {
            case gunzip::result::good:
                return problem::none;
            case gunzip::result::too_large:
                return problem::large_body;
            case gunzip::result::damaged:
                return problem::damaged_body;
        }
    }
    if (piece.size() > max_body_ - body_.size()) {
        return problem::large_body;
    }
    body_.append(piece);
    return problem::none;
}

}  // namespace fetch
