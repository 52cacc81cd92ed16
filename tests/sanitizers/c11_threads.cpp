// librdkafka uses the threads of C11, which the thread sanitizer of GCC 12 does not know: it crashes in the first
// malloc of such a thread. These definitions take the place of libc's and pass on to POSIX threads, which it follows.
// Linked into the test programs of the thread sanitizer's build only.
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <memory>
#include <pthread.h>
#include <threads.h>

namespace {

int result(int error) {
  switch (error) {
    case 0: return thrd_success;
    case EBUSY: return thrd_busy;
    case ETIMEDOUT: return thrd_timedout;
    case ENOMEM: return thrd_nomem;
    default: return thrd_error;
  }
}

// glibc gives both the same size and alignment.
static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t) && sizeof(cnd_t) == sizeof(pthread_cond_t));
pthread_mutex_t* posix(mtx_t* mutex) { return reinterpret_cast<pthread_mutex_t*>(mutex); }
pthread_cond_t* posix(cnd_t* condition) { return reinterpret_cast<pthread_cond_t*>(condition); }

struct Start {
  thrd_start_t function;
  void* argument;
};

void* run(void* opaque) {
  const std::unique_ptr<Start> start(static_cast<Start*>(opaque));
  return reinterpret_cast<void*>(static_cast<intptr_t>(start->function(start->argument)));
}

}  // namespace

extern "C" {

int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
  auto start = std::make_unique<Start>(Start{function, argument});
  const int error = pthread_create(thread, nullptr, run, start.get());
  if (error == 0) (void)start.release();  // `run` owns it now
  return result(error);
}

int thrd_join(thrd_t thread, int* value) {
  void* returned = nullptr;
  const int error = pthread_join(thread, &returned);
  if (value) *value = static_cast<int>(reinterpret_cast<intptr_t>(returned));
  return result(error);
}

int thrd_detach(thrd_t thread) { return result(pthread_detach(thread)); }

int mtx_init(mtx_t* mutex, int type) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, (type & mtx_recursive) ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL);
  const int error = pthread_mutex_init(posix(mutex), &attributes);
  pthread_mutexattr_destroy(&attributes);
  return result(error);
}
int mtx_lock(mtx_t* mutex) { return result(pthread_mutex_lock(posix(mutex))); }
int mtx_trylock(mtx_t* mutex) { return result(pthread_mutex_trylock(posix(mutex))); }
int mtx_timedlock(mtx_t* mutex, const timespec* until) { return result(pthread_mutex_timedlock(posix(mutex), until)); }
int mtx_unlock(mtx_t* mutex) { return result(pthread_mutex_unlock(posix(mutex))); }
void mtx_destroy(mtx_t* mutex) { pthread_mutex_destroy(posix(mutex)); }

int cnd_init(cnd_t* condition) { return result(pthread_cond_init(posix(condition), nullptr)); }
int cnd_signal(cnd_t* condition) { return result(pthread_cond_signal(posix(condition))); }
int cnd_broadcast(cnd_t* condition) { return result(pthread_cond_broadcast(posix(condition))); }
int cnd_wait(cnd_t* condition, mtx_t* mutex) { return result(pthread_cond_wait(posix(condition), posix(mutex))); }
int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
  return result(pthread_cond_timedwait(posix(condition), posix(mutex), until));
}
void cnd_destroy(cnd_t* condition) { pthread_cond_destroy(posix(condition)); }

}  // extern "C"
