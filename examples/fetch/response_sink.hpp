#ifndef PAIPA_FETCH_RESPONSE_SINK_HPP
#define PAIPA_FETCH_RESPONSE_SINK_HPP

#include "gunzip.hpp"

#include <cstddef>
#include <curl/curl.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fetch {

/// Receives one response from libcurl within limits, and unpacks its body.
///
/// Threads: one thread at a time.
class response_sink {
public:
    /// Headers of a response in sum; libcurl gives up on a single one that is longer.
    static constexpr std::size_t max_header = CURL_MAX_HTTP_HEADER;

    /// Why a response is not taken.
    enum class problem {
        none,
        large_header,
        large_body,
        unknown_encoding,
        damaged_body,
        no_memory
    };

    /// Makes `easy` write here. Both must stay where they are until the transfer has ended.
    response_sink(CURL* easy, std::size_t max_body);
    response_sink(const response_sink&) = delete;
    response_sink& operator=(const response_sink&) = delete;
    ~response_sink() = default;

    [[nodiscard]] problem what_is_wrong() const noexcept { return problem_; }

    /// The response has come as a whole: whether its compressed body ends where it should.
    [[nodiscard]] bool is_whole() const;

    /// The unpacked body.
    [[nodiscard]] std::string take_body() noexcept { return std::move(body_); }

    /// Content-Encoding in lower case; empty: none.
    [[nodiscard]] std::string encoding() const;

private:
    static std::size_t take_header(char* text, std::size_t one, std::size_t count,
                                   void* self) noexcept;
    static std::size_t take_piece(char* text, std::size_t one, std::size_t count,
                                  void* self) noexcept;
    problem add(std::string_view piece);

    CURL* easy_;
    std::size_t max_body_;
    std::size_t header_size_ = 0;
    bool has_begun_ = false;          // the body
    std::optional<gunzip> unpacker_;  // of a compressed body
    std::string body_;
    problem problem_ = problem::none;
};

}  // namespace fetch

#endif
