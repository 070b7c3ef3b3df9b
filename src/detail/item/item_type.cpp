#include <paipa/detail/item/item_type.hpp>

#include <cstddef>
#include <cstring>
#include <new>

namespace paipa::detail {

cell_block::cell_block(const item_type& type, std::size_t cells)
    : type_(&type),
      cells_(cells),
      first_(static_cast<std::byte*>(
          ::operator new(cells* type.size, std::align_val_t{type.alignment}))) {
    if (type.make != nullptr) {
        type.make(first_, cells);
    }
}

cell_block::~cell_block() {
    if (first_ != nullptr) {
        if (type_->unmake != nullptr) {
            type_->unmake(first_, cells_);
        }
        ::operator delete(first_, std::align_val_t{type_->alignment});
    }
}

void cell_block::take_in(std::size_t i, void* from, std::size_t n) noexcept {
    if (type_->move != nullptr) {
        type_->move(at(i), from, n);
    } else if (n > 0) {
        std::memcpy(at(i), from, n * type_->size);
    }
}

void cell_block::destroy(std::size_t i, std::size_t n) noexcept {
    if (type_ != nullptr && type_->destroy != nullptr) {
        type_->destroy(at(i), n);
    }
}

item_box::item_box(const item_type& type, void* cell) : block_(type, 1) {
    if (type.move_out != nullptr) {
        type.move_out(block_.at(0), cell);
    } else {
        std::memcpy(block_.at(0), cell, type.size);
    }
    filled_ = true;
}

void item_box::reset() noexcept {
    if (filled_) {
        block_.destroy(0, 1);
        filled_ = false;
    }
}

}  // namespace paipa::detail
