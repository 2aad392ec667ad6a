// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

typedef struct worker worker_t;
typedef struct gate gate_t;

int worker_start(void (*run)(void *), void *argument, worker_t **out);
int worker_wait(worker_t *worker);
void worker_free(worker_t *worker);

int gate_make(gate_t **out);
void gate_enter(gate_t *gate);
void gate_leave(gate_t *gate);
void gate_free(gate_t *gate);
