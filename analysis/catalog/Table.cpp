// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compact form of a catalog. Every field of every entry is named once below, for reading and writing alike; strings
// stand in one list, and an entry's absent parts cost one byte for each run of them.
#include "catalog/Contents.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace threadbare::catalog {
namespace {

constexpr StringRef Magic = "TBC1";

class Writer {
  std::string Body;
  raw_string_ostream Out{Body};
  StringMap<std::size_t> Index;
  std::vector<StringRef> Strings;

public:
  void number(std::int64_t V) { encodeSLEB128(V, Out); }
  void operator()(const std::string &S) {
    auto [It, New] = Index.try_emplace(S, Strings.size());
    if (New)
      Strings.push_back(It->getKey());
    number(static_cast<std::int64_t>(It->second));
  }
  template <class T>
    requires std::is_integral_v<T> || std::is_enum_v<T>
  void operator()(const T &V) {
    number(static_cast<std::int64_t>(V));
  }
  template <class T> void operator()(const std::vector<T> &V) {
    number(static_cast<std::int64_t>(V.size()));
    for (const T &E : V)
      (*this)(E);
  }
  template <class T> void operator()(const std::optional<T> &V) {
    number(V.has_value());
    if (V)
      (*this)(*V);
  }
  template <class V> void operator()(const std::map<std::string, V> &M) {
    number(static_cast<std::int64_t>(M.size()));
    for (const auto &[Key, Value] : M) {
      (*this)(Key);
      (*this)(Value);
    }
  }
  template <class T>
    requires std::is_class_v<T>
  void operator()(const T &V) {
    fields(*this, const_cast<T &>(V));
  }

  std::string finish() {
    std::string Result = Magic.str();
    raw_string_ostream Head(Result);
    encodeSLEB128(static_cast<std::int64_t>(Strings.size()), Head);
    for (StringRef S : Strings) {
      encodeSLEB128(static_cast<std::int64_t>(S.size()), Head);
      Head << S;
    }
    Head << Body;
    return Result;
  }
};

class Reader {
  const std::uint8_t *At, *End;
  std::vector<StringRef> Strings;

public:
  bool Failed = false;

  explicit Reader(StringRef Table) : At(Table.bytes_begin()), End(Table.bytes_end()) {
    std::size_t Count = count();
    Strings.reserve(Count);
    for (std::size_t I = 0; I < Count && !Failed; ++I) {
      std::size_t Size = count();
      Strings.push_back(StringRef(reinterpret_cast<const char *>(At), Size));
      At += Size;
    }
  }
  bool atEnd() const { return At == End; }

  std::int64_t number() {
    unsigned Read = 0;
    const char *Error = nullptr;
    std::int64_t V = decodeSLEB128(At, &Read, End, &Error);
    Failed |= Error != nullptr;
    At += Failed ? 0 : Read;
    return Failed ? 0 : V;
  }
  /// A number of things that follow, none of which is smaller than a byte.
  std::size_t count() {
    std::int64_t N = number();
    Failed |= N < 0 || N > End - At;
    return Failed ? 0 : static_cast<std::size_t>(N);
  }
  void operator()(std::string &S) {
    std::int64_t I = number();
    Failed |= I < 0 || static_cast<std::size_t>(I) >= Strings.size();
    if (!Failed)
      S = Strings[static_cast<std::size_t>(I)].str();
  }
  template <class T>
    requires std::is_integral_v<T> || std::is_enum_v<T>
  void operator()(T &V) {
    V = static_cast<T>(number());
  }
  template <class T> void operator()(std::vector<T> &V) {
    V.resize(count());
    for (T &E : V)
      (*this)(E);
  }
  template <class T> void operator()(std::optional<T> &V) {
    if (number())
      (*this)(V.emplace());
  }
  template <class V> void operator()(std::map<std::string, V> &M) {
    for (std::size_t I = 0, Count = count(); I < Count && !Failed; ++I) {
      std::string Key;
      (*this)(Key);
      (*this)(M[Key]);
    }
  }
  template <class T>
    requires std::is_class_v<T>
  void operator()(T &V) {
    fields(*this, V);
  }
};

template <class A> void fields(A &Do, Operand &O) {
  Do(O.Kind);
  if (O.Kind == Operand::Argument)
    Do(O.Index);
  if (O.Kind == Operand::Named)
    Do(O.Name);
}

template <class A> void fields(A &Do, ConditionEntry &C) {
  Do(C.When), Do(C.Then), Do(C.Arg), Do(C.Value), Do(C.Values), Do(C.Call), Do(C.Field);
}

template <class A> void fields(A &Do, BlockingEntry &B) {
  Do(B.Name), Do(B.Category), Do(B.Severity), Do(B.Conditions), Do(B.Replacements);
}

template <class A> void fields(A &Do, FakeAsyncEntry &E) { Do(E.Name), Do(E.Kind), Do(E.How), Do(E.Conditions); }

template <class A> void fields(A &Do, SpawnModel &S) {
  Do(S.On), Do(S.Executor), Do(S.Callable), Do(S.Arguments), Do(S.Handle), Do(S.Many), Do(S.Detached);
  Do(S.JoinsInDestructor), Do(S.LaunchPolicy), Do(S.CallableIsMember), Do(S.ArgumentPlace), Do(S.BoundParameter);
  Do(S.Unless), Do(S.Method);
}

template <class A> void fields(A &Do, LockModel &L) { Do(L.Lock), Do(L.Shared), Do(L.Try), Do(L.ZeroIsSuccess); }

template <class A> void fields(A &Do, SwitchModel &S) { Do(S.To), Do(S.Executor), Do(S.Sticky); }

template <class A> void fields(A &Do, FunctionModel &F) {
  Do(F.Name), Do(F.Ecosystem), Do(F.Spawns), Do(F.Joins), Do(F.Acquires), Do(F.Releases), Do(F.Switch);
  Do(F.RunsLoop), Do(F.Calls), Do(F.CallsOnce), Do(F.IfTrue), Do(F.CallsWith), Do(F.Completes);
  Do(F.Passes), Do(F.Binds), Do(F.ExecutorOf), Do(F.ExecutorIs);
  Do(F.Rebinds), Do(F.RebindsTo);
  Do(F.PointsInto), Do(F.PointsIntoIndex), Do(F.PointsTo), Do(F.Allocates), Do(F.Stores), Do(F.StoresValue);
  Do(F.Constructs), Do(F.Publishes), Do(F.Observes), Do(F.ObservesIfTrue), Do(F.ThreadOwnResult), Do(F.Nonblocking);
  Do(F.NonblockingIf), Do(F.NeverReturns), Do(F.IsNonblocking), Do(F.Readies), Do(F.ReadyIf);
}

template <class A> void fields(A &Do, TypeModel &T) {
  Do(T.Name), Do(T.Ecosystem), Do(T.Role), Do(T.Shared), Do(T.SizeArgument), Do(T.JoinsInDestructor);
}

template <class A, class T> void fields(A &Do, NamedEntry<T> &E) { Do(E.Names), Do(E.Entry); }

template <class A> void fields(A &Do, Contents &C) {
  Do(C.Blocking), Do(C.Functions), Do(C.Types), Do(C.FakeAsync), Do(C.Replacements), Do(C.NamespaceAliases);
}

} // namespace

std::string writeTable(const Contents &C) {
  Writer W;
  W(C);
  return W.finish();
}

Expected<Contents> readTable(StringRef Table) {
  Contents C;
  if (!Table.consume_front(Magic))
    return createStringError("not a catalog's table");
  Reader R(Table);
  R(C);
  if (R.Failed || !R.atEnd())
    return createStringError("a catalog's table is cut off or damaged");
  return C;
}

void Contents::append(Contents Other) {
  auto Move = [](auto &To, auto &From) {
    To.insert(To.end(), std::make_move_iterator(From.begin()), std::make_move_iterator(From.end()));
  };
  Move(Blocking, Other.Blocking);
  Move(Functions, Other.Functions);
  Move(Types, Other.Types);
  Move(FakeAsync, Other.FakeAsync);
  for (auto &[Set, Texts] : Other.Replacements)
    Replacements[Set].merge(Texts);
  for (auto &[Namespace, Others] : Other.NamespaceAliases)
    NamespaceAliases[Namespace] = std::move(Others);
}

} // namespace threadbare::catalog
