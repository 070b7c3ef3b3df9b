#include <paipa/failure.hpp>

#include "type_name.hpp"

#include <cxxabi.h>
#include <exception>
#include <string>
#include <typeinfo>

namespace paipa {

std::string describe(const std::exception_ptr& error) noexcept {
    try {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& e) {
            return e.what();
        } catch (const std::string& text) {
            return text;
        } catch (const char* text) {
            return text;
        } catch (int number) {
            return "int " + std::to_string(number);
        } catch (...) {
            const std::type_info* const type = abi::__cxa_current_exception_type();
            return "exception of type " + (type == nullptr ? "unknown" : type_name(*type));
        }
    } catch (...) {
        return {};  // no memory for a text, or a what() that throws
    }
}

std::string to_string(const failure& f) {
    std::string text = "step '" + f.step + "' (" + f.where + ", worker " + std::to_string(f.worker);
    if (f.attempt > 0) {
        text += ", attempt " + std::to_string(f.attempt);
    }
    return text + "): " + f.what;
}

}  // namespace paipa
