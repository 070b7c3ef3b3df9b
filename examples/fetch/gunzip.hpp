#ifndef PAIPA_FETCH_GUNZIP_HPP
#define PAIPA_FETCH_GUNZIP_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <zlib.h>

namespace fetch {

/// Unpacks gzip (RFC 1952) as it comes, and knows whether it was whole.
///
/// Threads: one thread at a time.
/// Errors:  `std::bad_alloc`.
class gunzip {
public:
    enum class result { good, too_large, damaged };

    gunzip();
    gunzip(const gunzip&) = delete;
    gunzip& operator=(const gunzip&) = delete;
    ~gunzip();

    /// Appends to `out` what `packed` holds, until that has `limit` bytes and more would follow.
    result unpack(std::string_view packed, std::string& out, std::size_t limit);

    /// The last member has ended, and its checksum was right. Nothing at all is not whole.
    [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }

private:
    z_stream stream_{};
    bool is_whole_ = false;
    bool has_trailer_ = false;  // what stands behind the last member is no further one: passed over
};

}  // namespace fetch

#endif
