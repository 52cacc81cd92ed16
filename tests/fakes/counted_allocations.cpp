#include "tests/fakes/counted_allocations.hpp"

#include <cstdlib>
#include <new>

namespace {
thread_local size_t count = 0;

void* counted(size_t bytes) noexcept {  // memory is there in a test
  ++count;
  return std::malloc(bytes ? bytes : 1);
}
}  // namespace

// All of them: the address sanitizer wants each `new` to meet its own `delete`.
void* operator new(size_t bytes) { return counted(bytes); }
void* operator new[](size_t bytes) { return counted(bytes); }
void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return counted(bytes); }
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept { return counted(bytes); }
void operator delete(void* at) noexcept { std::free(at); }
void operator delete[](void* at) noexcept { std::free(at); }
void operator delete(void* at, size_t) noexcept { std::free(at); }
void operator delete[](void* at, size_t) noexcept { std::free(at); }
void operator delete(void* at, const std::nothrow_t&) noexcept { std::free(at); }
void operator delete[](void* at, const std::nothrow_t&) noexcept { std::free(at); }

namespace weir::test {

size_t allocations() { return count; }

}  // namespace weir::test
