// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An allocator as some programs bring along: under a mutex, and with nothing of the C library's own.
#include <cstddef>
#include <cstring>
#include <pthread.h>
#include <sys/mman.h>

namespace {

/// Before each block: its size and the list of free blocks that it belongs to, or the next one there.
struct Head {
  std::size_t size;
  union {
    std::size_t list;
    Head *next;
  };
};
static_assert(sizeof(Head) == 16);

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
Head *lists[48]; ///< by powers of two
char *fresh = nullptr;
std::size_t left = 0;

struct Lock {
  Lock() { pthread_mutex_lock(&mutex); }
  ~Lock() { pthread_mutex_unlock(&mutex); }
};

char *map(std::size_t size) {
  void *pages = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? nullptr : static_cast<char *>(pages);
}

Head *carve(std::size_t size) {
  if (size > left) {
    left = size > 1 << 20 ? size : 1 << 20;
    fresh = map(left);
    if (!fresh) {
      left = 0;
      return nullptr;
    }
  }
  Head *head = reinterpret_cast<Head *>(fresh);
  fresh += size;
  left -= size;
  return head;
}

void *take(std::size_t size) {
  Lock lock;
  std::size_t list = 5;
  while ((std::size_t(1) << list) < size + sizeof(Head))
    ++list;
  Head *head = lists[list];
  if (head)
    lists[list] = head->next;
  else
    head = carve(std::size_t(1) << list);
  if (!head)
    return nullptr;
  head->size = size;
  head->list = list;
  return head + 1;
}

/// Never used again.
void *takeAligned(std::size_t alignment, std::size_t size) {
  if (alignment <= 16)
    return take(size);
  Lock lock;
  char *pages = map(size + 2 * alignment);
  if (!pages)
    return nullptr;
  char *block = pages + alignment - reinterpret_cast<std::size_t>(pages) % alignment;
  reinterpret_cast<Head *>(block)[-1] = {size, {0}};
  return block;
}

} // namespace

extern "C" {
void *malloc(std::size_t size) { return take(size); }
void free(void *block) {
  if (!block)
    return;
  Lock lock;
  Head *head = static_cast<Head *>(block) - 1;
  if (std::size_t list = head->list) {
    head->next = lists[list];
    lists[list] = head;
  }
}
void *calloc(std::size_t count, std::size_t size) {
  void *block = take(count * size);
  return block ? std::memset(block, 0, count * size) : nullptr;
}
void *realloc(void *old, std::size_t size) {
  void *block = take(size);
  if (old && block) {
    std::size_t before = static_cast<Head *>(old)[-1].size;
    std::memcpy(block, old, before < size ? before : size);
    free(old);
  }
  return block;
}
void *memalign(std::size_t alignment, std::size_t size) { return takeAligned(alignment, size); }
void *aligned_alloc(std::size_t alignment, std::size_t size) { return takeAligned(alignment, size); }
int posix_memalign(void **block, std::size_t alignment, std::size_t size) {
  *block = takeAligned(alignment, size);
  return *block ? 0 : 12;
}
std::size_t malloc_usable_size(void *block) { return block ? static_cast<Head *>(block)[-1].size : 0; }

/// So that a program can tell whose allocator it has.
int own_allocator() { return 1; }
}
