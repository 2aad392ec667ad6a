// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Names.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace threadbare::rt {
namespace {

/// A file that is mapped, and its symbols.
struct Module {
  std::uintptr_t Bias; ///< where it is loaded, less where it was linked to be
  const ElfW(Sym) * Symbols;
  std::size_t Count;
  const char *Strings;
};

constexpr unsigned Most = 128;
Module Modules[Most];
const void *Bases[Most];
unsigned Known = 0;
std::atomic_flag Busy = ATOMIC_FLAG_INIT;

const char *mapFile(const char *Path, std::size_t &Size) {
  int File = open(Path, O_RDONLY | O_CLOEXEC);
  if (File < 0)
    return nullptr;
  struct stat Status;
  void *Bytes = MAP_FAILED;
  if (fstat(File, &Status) == 0 && Status.st_size > 0)
    Bytes = mmap(nullptr, Status.st_size, PROT_READ, MAP_PRIVATE, File, 0);
  close(File);
  Size = Status.st_size;
  return Bytes == MAP_FAILED ? nullptr : static_cast<const char *>(Bytes);
}

/// Nothing is found in a file that is not what the loader made of it.
void read(const char *Bytes, std::size_t Size, Module &M) {
  auto *Header = reinterpret_cast<const ElfW(Ehdr) *>(Bytes);
  if (Size < sizeof *Header || Header->e_shentsize != sizeof(ElfW(Shdr)) ||
      Header->e_shoff + Header->e_shnum * sizeof(ElfW(Shdr)) > Size)
    return;
  auto *Sections = reinterpret_cast<const ElfW(Shdr) *>(Bytes + Header->e_shoff);
  for (unsigned I = 0; I < Header->e_shnum; ++I) {
    const ElfW(Shdr) &S = Sections[I];
    if (S.sh_type != SHT_SYMTAB || S.sh_link >= Header->e_shnum || S.sh_offset + S.sh_size > Size)
      continue;
    const ElfW(Shdr) &Text = Sections[S.sh_link];
    if (!Text.sh_size || Text.sh_offset + Text.sh_size > Size || Bytes[Text.sh_offset + Text.sh_size - 1])
      continue;
    M.Symbols = reinterpret_cast<const ElfW(Sym) *>(Bytes + S.sh_offset);
    M.Count = S.sh_size / sizeof(ElfW(Sym));
    M.Strings = Bytes + Text.sh_offset;
    for (std::size_t N = 0; N < M.Count; ++N)
      if (M.Symbols[N].st_name >= Text.sh_size)
        M.Count = 0;
    return;
  }
}

const Module *moduleOf(const Dl_info &Info, const link_map *Map) {
  for (unsigned I = 0; I < Known; ++I)
    if (Bases[I] == Info.dli_fbase)
      return &Modules[I];
  if (Known == Most)
    return nullptr;
  Bases[Known] = Info.dli_fbase;
  Module &M = Modules[Known++];
  M.Bias = Map->l_addr;
  std::size_t Size = 0;
  // The loader has no name for the program itself.
  if (const char *Bytes = mapFile(*Map->l_name ? Map->l_name : "/proc/self/exe", Size))
    read(Bytes, Size, M);
  return &M;
}

bool covers(const ElfW(Sym) & S, std::uintptr_t Address) {
  return (S.st_info & 0xf) == STT_FUNC && Address >= S.st_value && Address < S.st_value + S.st_size;
}

} // namespace

const char *functionAt(const void *Address) {
  Dl_info Info;
  link_map *Map = nullptr;
  if (!dladdr1(Address, &Info, reinterpret_cast<void **>(&Map), RTLD_DL_LINKMAP) || !Map)
    return nullptr;
  while (Busy.test_and_set(std::memory_order_acquire))
    ;
  const char *Name = nullptr;
  if (const Module *M = moduleOf(Info, Map))
    for (std::size_t I = 0; I < M->Count && !Name; ++I)
      if (covers(M->Symbols[I], reinterpret_cast<std::uintptr_t>(Address) - M->Bias))
        Name = M->Strings + M->Symbols[I].st_name;
  Busy.clear(std::memory_order_release);
  return Name ? Name : Info.dli_sname;
}

} // namespace threadbare::rt
