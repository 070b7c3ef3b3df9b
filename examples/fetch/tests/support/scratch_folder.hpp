#ifndef PAIPA_FETCH_TESTS_SCRATCH_FOLDER_HPP
#define PAIPA_FETCH_TESTS_SCRATCH_FOLDER_HPP

#include "temporary_folder.hpp"

#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <string_view>

namespace fetch_test {

/// A folder of its own for one test.
class scratch_folder : public fetch::temporary_folder {
public:
    /// Writes a file and returns its path.
    [[nodiscard]] std::string file(std::string_view name, std::string_view content) const {
        std::ofstream out(*this / name, std::ios::binary);
        out << content;
        return *this / name;
    }

    [[nodiscard]] static std::string content(const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
};

}  // namespace fetch_test

#endif
