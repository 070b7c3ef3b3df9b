#ifndef PAIPA_DETAIL_SUPPORT_SHARED_VALUE_HPP
#define PAIPA_DETAIL_SUPPORT_SHARED_VALUE_HPP
#include <paipa/detail/support/make_as.hpp>

#include <memory>
#include <utility>

namespace paipa::detail {

/// The half of `shared_value` that does not depend on the value's type.
class shared_any {
public:
    shared_any& operator=(const shared_any&) = delete;
    shared_any& operator=(shared_any&&) = delete;

protected:
    struct held {
        held() = default;
        held(const held&) = delete;
        held& operator=(const held&) = delete;
        virtual ~held();
    };

    explicit shared_any(std::unique_ptr<const held> value);
    shared_any(const shared_any& other) noexcept;
    shared_any(shared_any&& other) noexcept;
    ~shared_any();

    [[nodiscard]] const held& value() const noexcept { return *value_; }

private:
    std::shared_ptr<const held> value_;
};

/// A value that does not change, and that its copies share: a `shared_ptr<const T>` of which only
/// this much is compiled for each T. Never null, but where it was moved from.
template <class T>
class shared_value : shared_any {
    struct holder final : held {
        explicit holder(T&& v) : value(std::move(v)) {}

        const T value;
    };

public:
    explicit shared_value(T v) : shared_any(make_as<const held, holder>(std::move(v))) {}

    const T& operator*() const noexcept {
        return static_cast<const holder&>(shared_any::value()).value;
    }
};

}  // namespace paipa::detail
#endif
