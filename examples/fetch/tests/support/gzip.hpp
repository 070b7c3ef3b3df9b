#ifndef PAIPA_FETCH_TESTS_GZIP_HPP
#define PAIPA_FETCH_TESTS_GZIP_HPP

#include <cstddef>
#include <stdexcept>
#include <string>
#include <zlib.h>

namespace fetch_test {

/// `text` as one gzip member.
inline std::string gzip(std::string text) {
    constexpr int gzip_only = 16;
    z_stream stream{};
    std::string packed(text.size() + 1000, '\0');
    if (deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + gzip_only, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
        throw std::runtime_error("deflateInit2");
    }
    stream.next_in = reinterpret_cast<Bytef*>(text.data());
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    const int code = deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    if (code != Z_STREAM_END) {
        throw std::runtime_error("deflate");
    }
    return packed;
}

}  // namespace fetch_test

#endif
