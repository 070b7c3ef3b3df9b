#ifndef PAIPA_TOP_PATHS_BLOCKS_HPP
#define PAIPA_TOP_PATHS_BLOCKS_HPP

#include <paipa/generator.hpp>

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string_view>
#include <vector>

namespace top_paths {

/// Some whole lines of a text. What passes from thread to thread is a block, not a line: that is
/// one hand-over, and one piece of memory, for hundreds of lines.
struct block {
    std::vector<char> text;  // no string: views into a short one would not survive its being moved
    std::uint64_t first_line = 1;  // its number in the whole text
};

/// A line without its end, a view into its block.
struct line {
    std::string_view text;
    std::uint64_t number = 0;
};

inline constexpr std::size_t block_size = std::size_t{64} << 10U;

/// Reads the stream to its end, `size` bytes and whole lines at a time; a block is longer where a
/// line is. Throws `std::runtime_error` when the stream fails. `in` must outlive the generator.
paipa::generator<block> read_blocks(std::istream* in, std::size_t size = block_size);

/// The lines of a block, which end with "\n" or "\r\n"; the last one may lack its end.
std::vector<line> lines_of(const block& whole);

}  // namespace top_paths

#endif
