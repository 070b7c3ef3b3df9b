#ifndef PAIPA_TEXT_TABLE_HPP
#define PAIPA_TEXT_TABLE_HPP
#include <string>
#include <vector>

namespace paipa {

/// Rows of cells as lines, each column as wide as its widest cell (in UTF-8 characters); the first
/// column is for names, the others for numbers. All rows have as many cells as the first.
std::vector<std::string> text_table(const std::vector<std::vector<std::string>>& rows);

/// `value` in the `printf` format.
std::string number(double value, const char* format);

}  // namespace paipa
#endif
