#pragma once

// CAF's library is not instrumented, so ThreadSanitizer cannot see the hand-over of an actor from one scheduler thread
// to the next. Stage tells it, at the points where CAF synchronizes. Without TSan all of this is empty.
#if defined(__SANITIZE_THREAD__)
#define WEIR_NO_TSAN __attribute__((no_sanitize("thread")))
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#else
#define WEIR_NO_TSAN
#endif

namespace weir::tsan {

// Any address serves: what happened before a spawn is visible to the first turn of the spawned actor.
inline char spawn_fence;

#if defined(__SANITIZE_THREAD__)
inline void acquire(void* address) { __tsan_acquire(address); }
inline void release(void* address) { __tsan_release(address); }
#else
inline void acquire(void*) {}
inline void release(void*) {}
#endif

}  // namespace weir::tsan
