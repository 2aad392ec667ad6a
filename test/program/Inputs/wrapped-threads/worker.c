// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "worker.h"

#include <pthread.h>
#include <stdlib.h>

struct worker {
  pthread_t handle;
  void (*run)(void *);
  void *argument;
};

static void *trampoline(void *given) {
  worker_t *self = (worker_t *)given;
  self->run(self->argument);
  return NULL;
}

int worker_start(void (*run)(void *), void *argument, worker_t **out) {
  worker_t *self = (worker_t *)malloc(sizeof *self);
  *out = NULL;
  if (self == NULL)
    return 0;
  self->run = run;
  self->argument = argument;
  if (pthread_create(&self->handle, NULL, trampoline, self) != 0) {
    free(self);
    return 0;
  }
  *out = self;
  return 1;
}

int worker_wait(worker_t *worker) {
  void *ignored;
  return pthread_join(worker->handle, &ignored) == 0;
}

void worker_free(worker_t *worker) { free(worker); }

struct gate {
  pthread_mutex_t mutex;
};

int gate_make(gate_t **out) {
  gate_t *self = (gate_t *)malloc(sizeof *self);
  *out = NULL;
  if (self == NULL)
    return 0;
  if (pthread_mutex_init(&self->mutex, NULL) != 0) {
    free(self);
    return 0;
  }
  *out = self;
  return 1;
}

void gate_enter(gate_t *gate) { pthread_mutex_lock(&gate->mutex); }
void gate_leave(gate_t *gate) { pthread_mutex_unlock(&gate->mutex); }
void gate_free(gate_t *gate) {
  pthread_mutex_destroy(&gate->mutex);
  free(gate);
}
