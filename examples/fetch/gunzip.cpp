#include "gunzip.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>
#include <string>
#include <string_view>
#include <zlib.h>

namespace fetch {

namespace {

constexpr int gzip_only = 16;  // added to the window's size, says zlib.h
constexpr unsigned char first_magic = 0x1f;

}  // namespace

gunzip::gunzip() {
    if (inflateInit2(&stream_, MAX_WBITS + gzip_only) != Z_OK) {
        throw std::bad_alloc();
    }
}

gunzip::~gunzip() {
    inflateEnd(&stream_);
}

gunzip::result gunzip::unpack(std::string_view packed, std::string& out, std::size_t limit) {
    constexpr std::size_t piece = std::size_t{64} << 10;
    std::array<char, piece> buffer;
    // zlib does not write to its input, but its C interface does not say so.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    while (stream_.avail_in > 0 && !has_trailer_) {
        if (is_whole_) {
            if (*stream_.next_in != first_magic) {
                has_trailer_ = true;
                break;
            }
            inflateReset(&stream_);
            is_whole_ = false;
        }
        int code = Z_OK;
        do {
            stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
            stream_.avail_out = static_cast<uInt>(buffer.size());
            code = inflate(&stream_, Z_NO_FLUSH);
            const std::size_t made = buffer.size() - stream_.avail_out;
            if (made > limit - out.size()) {
                return result::too_large;
            }
            out.append(buffer.data(), made);
        } while (code == Z_OK && stream_.avail_out == 0);
        if (code == Z_MEM_ERROR) {
            throw std::bad_alloc();
        }
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
            return result::damaged;
        }
        is_whole_ = code == Z_STREAM_END;
    }
    return result::good;
}

}  // namespace fetch
