// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libuv, from C.
// RUN: %marks %s
#include <uv.h>

#include <unistd.h>

static long done_bad = 0;
static long after_ok = 0;
static long locked_ok = 0;
static uv_mutex_t mutex;

// uv_queue_work runs this on several threads ...
static void work(uv_work_t *request) {
  (void)request;
  usleep(1000);
  done_bad++; // expect: unsynchronized-shared-counter
  uv_mutex_lock(&mutex);
  locked_ok++;
  uv_mutex_unlock(&mutex);
}
// ... and this on the loop.
static void after_work(uv_work_t *request, int status) {
  (void)request;
  (void)status;
  after_ok++;
}

static long threads_bad = 0;
static void thread_main(void *argument) {
  (void)argument;
  threads_bad += 1; // expect: unsynchronized-shared-counter
}

static uv_once_t once = UV_ONCE_INIT;
static int initialised_ok = 0;
static void initialise(void) { initialised_ok++; }
static void uses_once(void *argument) {
  (void)argument;
  uv_once(&once, initialise);
}

int main(void) {
  uv_loop_t *loop = uv_default_loop();
  uv_mutex_init(&mutex);
  uv_work_t requests[4];
  for (int i = 0; i < 4; i++)
    uv_queue_work(loop, &requests[i], work, after_work);
  uv_run(loop, UV_RUN_DEFAULT);

  uv_thread_t a, b, c, d;
  uv_thread_create(&a, thread_main, 0);
  uv_thread_create(&b, thread_main, 0);
  uv_thread_create(&c, uses_once, 0);
  uv_thread_create(&d, uses_once, 0);
  uv_thread_join(&a);
  uv_thread_join(&b);
  uv_thread_join(&c);
  uv_thread_join(&d);
  return (int)(after_ok + threads_bad + initialised_ok);
}
