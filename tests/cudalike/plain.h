// Reduces a vendor's function type to its calling convention: enumerations become int, pointers to
// structs become void*. Functions of the same plain type can be called through the same pointer.
#pragma once

#include <type_traits>

namespace assay::backends::cudalike {

template <class T>
struct Plain {
  using Type = std::conditional_t<std::is_enum_v<T>, int, T>;
};
template <class T>
requires std::is_class_v<std::remove_cv_t<T>> || std::is_union_v<std::remove_cv_t<T>>
struct Plain<T*> {
  using Type = std::conditional_t<std::is_const_v<T>, const void*, void*>;
};
template <class T>
requires std::is_pointer_v<T> || std::is_enum_v<T>
struct Plain<T*> {
  using Type = typename Plain<T>::Type*;
};
template <class Result, class... Parameters>
struct Plain<Result(Parameters...)> {
  using Type = typename Plain<Result>::Type(typename Plain<Parameters>::Type...);
};

template <class Ours, class Real>
inline constexpr bool kSame = std::is_same_v<Ours, Call<typename Plain<Real>::Type>>;

}  // namespace assay::backends::cudalike
