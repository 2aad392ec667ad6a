// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The YAML form of a catalog file. LLVM's YAML I/O does the reading; what is added here is that a wrong key or word is
// answered with the nearest right one, and that lists of one may be written without brackets.
#include "catalog/Contents.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLTraits.h"

using namespace llvm;
using namespace threadbare::catalog;

namespace {

/// Passed through the YAML I/O as its context.
struct ReaderContext {
  std::string Ecosystem;           ///< of functions and types that name none
  std::vector<StringRef> LastKeys; ///< those that the mapping just read knows
  std::string Message;             ///< storage for the message of a scalar
  std::string Error;               ///< the first one, with its line
};

ReaderContext &contextOf(void *C) { return *static_cast<ReaderContext *>(C); }
ReaderContext &contextOf(yaml::IO &IO) { return contextOf(IO.getContext()); }

StringRef nearest(StringRef Word, ArrayRef<StringRef> Known) {
  StringRef Best;
  unsigned Distance = std::max<unsigned>(2, (Word.size() + 2) / 3) + 1;
  for (StringRef Candidate : Known)
    if (unsigned D = Word.edit_distance(Candidate, true, Distance); D < Distance) {
      Best = Candidate;
      Distance = D;
    }
  return Best;
}

std::string suggestion(StringRef Word, ArrayRef<StringRef> Known) {
  StringRef Best = nearest(Word, Known);
  return Best.empty() ? "" : ("; did you mean '" + Best + "'?").str();
}

/// Reads the keys of one mapping and remembers them for the message about one that it does not know.
class Keys {
  yaml::IO &IO;
  std::vector<StringRef> Known;

public:
  explicit Keys(yaml::IO &IO) : IO(IO) {}
  Keys(const Keys &) = delete;
  Keys &operator=(const Keys &) = delete;
  ~Keys() { contextOf(IO).LastKeys = std::move(Known); }

  template <class T> void optional(const char *Key, T &Value) {
    Known.push_back(Key);
    IO.mapOptional(Key, Value);
  }
  template <class T> void required(const char *Key, T &Value) {
    Known.push_back(Key);
    IO.mapRequired(Key, Value);
  }
};

/// A string that must be one of some words.
struct Word {
  std::string &Value;
  StringRef What;
  ArrayRef<StringRef> Known;
};

/// "- x" or "x".
template <class T> struct OneOrMany {
  std::vector<T> Items;
};

constexpr StringRef ConditionKinds[] = {"arg-defaulted",
                                        "arg-equals",
                                        "arg-has-flag",
                                        "arg-is-null",
                                        "arg-literal",
                                        "arg-literal-ip",
                                        "arg-not-in",
                                        "arg-not-null",
                                        "arg-option",
                                        "arg-type-in",
                                        "bounded-timeout",
                                        "dominated-by",
                                        "duration-not-positive",
                                        "fd-nonblocking",
                                        "not-visible",
                                        "object-option",
                                        "overload-has-callback",
                                        "overload-returns",
                                        "receiver-is-object",
                                        "receiver-type-in",
                                        "struct-field-flag",
                                        "timespec-zero",
                                        "timeval-zero",
                                        "value-from-call"};
constexpr StringRef ConditionResults[] = {"nonblocking", "blocking", "bounded", "cpu", "low"};
constexpr StringRef Categories[] = {"blocking", "db",   "dns",     "file-io", "gpu",     "gui",   "http",
                                    "ipc",      "lock", "logging", "network", "process", "sleep", "sync-wait"};
constexpr StringRef Roles[] = {"async-mutex",   "atomic",     "awaitable",       "callable",       "completion-token",
                               "container",     "coroutine",  "executor",        "executor-tag",   "future",
                               "generator",     "guard",      "io-object",       "joining-thread", "loop",
                               "mutex",         "null-mutex", "parallel-policy", "pool",           "promise",
                               "smart-pointer", "strand",     "thread",          "thread-safe"};
constexpr StringRef SpawnTargets[] = {"deferred", "executor", "loop", "pool", "strand", "team", "thread"};
constexpr StringRef SwitchTargets[] = {"executor", "loop", "pool"};
constexpr StringRef FakeKinds[] = {"conditional", "hidden-loop", "inline-sync",
                                   "own-thread",  "pool",        "thread-per-call"};
constexpr StringRef ExecutorKinds[] = {"pool", "same", "strand"};
constexpr StringRef Quantifiers[] = {"all", "none", "some"};

} // namespace

namespace threadbare::catalog {
ArrayRef<StringRef> conditionKinds() { return ConditionKinds; }
ArrayRef<StringRef> conditionResults() { return ConditionResults; }
ArrayRef<StringRef> categories() { return Categories; }
ArrayRef<StringRef> roles() { return Roles; }
} // namespace threadbare::catalog

LLVM_YAML_IS_SEQUENCE_VECTOR(threadbare::catalog::Operand)
LLVM_YAML_IS_SEQUENCE_VECTOR(threadbare::catalog::ConditionEntry)
LLVM_YAML_IS_SEQUENCE_VECTOR(threadbare::catalog::SpawnModel)

namespace llvm::yaml {

template <> struct ScalarTraits<Operand> {
  static void output(const Operand &, void *, raw_ostream &) {}
  static StringRef input(StringRef Text, void *, Operand &Value) {
    Value = Operand();
    Value.Kind = StringSwitch<Operand::KindTy>(Text)
                     .Case("none", Operand::None)
                     .Case("this", Operand::This)
                     .Case("result", Operand::Result)
                     .Case("last", Operand::Last)
                     .Case("rest", Operand::Rest)
                     .Default(Operand::Named);
    if (Value.Kind != Operand::Named)
      return "";
    if (!Text.getAsInteger(10, Value.Index))
      return Value.Kind = Operand::Argument, Value.Index < 0 ? "an argument's index counts from 0" : "";
    Value.Index = -1;
    Value.Name = Text.str();
    if (!all_of(Text, [](char C) { return isAlnum(C) || C == '_'; }) || Text.empty())
      return "expected this, result, last, rest, none, an argument's index or a parameter's name";
    return "";
  }
  static QuotingType mustQuote(StringRef) { return QuotingType::None; }
};

template <> struct ScalarTraits<Word> {
  static void output(const Word &, void *, raw_ostream &) {}
  static StringRef input(StringRef Text, void *Context, Word &Value) {
    if (!is_contained(Value.Known, Text)) {
      std::string &Message = contextOf(Context).Message;
      Message = ("unknown " + Value.What + " '" + Text + "'" + suggestion(Text, Value.Known)).str();
      return Message;
    }
    Value.Value = Text.str();
    return "";
  }
  static QuotingType mustQuote(StringRef) { return QuotingType::None; }
};

/// Nothing may be a mapping where a name or an operand is expected; its keys are refused one by one.
struct NoMapping {};
template <> struct MappingTraits<NoMapping> {
  static void mapping(IO &IO, NoMapping &) { Keys K(IO); }
};

template <class T> struct PolymorphicTraits<OneOrMany<T>> {
  static NodeKind getKind(const OneOrMany<T> &) { return NodeKind::Sequence; }
  static T &getAsScalar(OneOrMany<T> &Value) { return Value.Items.emplace_back(); }
  static std::vector<T> &getAsSequence(OneOrMany<T> &Value) { return Value.Items; }
  static NoMapping &getAsMap(OneOrMany<T> &) {
    static NoMapping Nothing;
    return Nothing;
  }
};

} // namespace llvm::yaml

namespace {

/// Scalars of the model that are words: read into a string, checked against a list.
void word(Keys &K, const char *Key, std::string &Value, StringRef What, ArrayRef<StringRef> Known) {
  Word W{Value, What, Known};
  K.optional(Key, W);
}

/// `name` is one name, or several functions of which the same is true; `also` lists more names of the one.
template <class T> void names(Keys &K, yaml::IO &IO, NamedEntry<T> &E) {
  OneOrMany<std::string> Name, Also;
  K.required("name", Name);
  K.optional("also", Also);
  for (auto *List : {&Name.Items, &Also.Items})
    for (std::string &N : *List) {
      std::string Buffer;
      StringRef Plain = N;
      Plain.consume_front("::");
      N = withoutTemplateArguments(Plain, Buffer).str();
      if (N.empty())
        IO.setError("an entry needs a name");
    }
  if (Name.Items.empty())
    return IO.setError("an entry needs a name");
  if (Name.Items.size() > 1 && !Also.Items.empty())
    return IO.setError("'also' gives one function more names: it does not go with a list of functions");
  E.Entry.Name = Name.Items.front();
  E.Others.assign(Name.Items.begin() + 1, Name.Items.end());
  E.Names = std::move(Also.Items);
  E.Names.insert(E.Names.begin(), E.Entry.Name);
}

template <class T> void list(Keys &K, const char *Key, std::vector<T> &Value) {
  OneOrMany<T> Items;
  K.optional(Key, Items);
  Value = std::move(Items.Items);
}

} // namespace

namespace llvm::yaml {

template <> struct MappingTraits<ConditionEntry> {
  static void mapping(IO &IO, ConditionEntry &C) {
    Keys K(IO);
    word(K, "when", C.When, "condition", ConditionKinds);
    C.Then = "nonblocking";
    word(K, "then", C.Then, "result of a condition", ConditionResults);
    K.optional("arg", C.Arg);
    K.optional("value", C.Value);
    list(K, "values", C.Values);
    K.optional("call", C.Call);
    K.optional("field", C.Field);
    if (C.When.empty())
      IO.setError("a condition needs 'when'");
  }
};

template <> struct MappingTraits<SpawnModel> {
  static void mapping(IO &IO, SpawnModel &S) {
    Keys K(IO);
    word(K, "on", S.On, "executor", SpawnTargets);
    K.optional("executor", S.Executor);
    K.required("callable", S.Callable);
    K.optional("arguments", S.Arguments);
    K.optional("handle", S.Handle);
    K.optional("many", S.Many);
    K.optional("detached", S.Detached);
    K.optional("joins-in-destructor", S.JoinsInDestructor);
    K.optional("launch-policy", S.LaunchPolicy);
    K.optional("callable-is-member", S.CallableIsMember);
    K.optional("argument-place", S.ArgumentPlace);
    K.optional("bound-parameter", S.BoundParameter);
    K.optional("unless", S.Unless);
    K.optional("method", S.Method);
    if (S.On.empty())
      IO.setError("a spawn needs 'on'");
  }
};

template <> struct MappingTraits<LockModel> {
  static void mapping(IO &IO, LockModel &L) {
    Keys K(IO);
    K.required("lock", L.Lock);
    K.optional("shared", L.Shared);
    K.optional("try", L.Try);
    K.optional("zero-is-success", L.ZeroIsSuccess);
  }
};

template <> struct MappingTraits<SwitchModel> {
  static void mapping(IO &IO, SwitchModel &S) {
    Keys K(IO);
    word(K, "to", S.To, "executor", SwitchTargets);
    K.optional("executor", S.Executor);
    K.optional("sticky", S.Sticky);
    if (S.To.empty())
      IO.setError("a switch needs 'to'");
  }
};

template <> struct MappingTraits<NamedEntry<BlockingEntry>> {
  static void mapping(IO &IO, NamedEntry<BlockingEntry> &E) {
    Keys K(IO);
    BlockingEntry &B = E.Entry;
    names(K, IO, E);
    B.Category = "blocking";
    B.Severity = 3;
    word(K, "category", B.Category, "category", Categories);
    K.optional("severity", B.Severity);
    K.optional("conditions", B.Conditions);
    K.optional("replacements", B.Replacements);
    K.optional("instead", E.Instead);
    if (B.Severity < 1 || B.Severity > 3)
      IO.setError("severity is 3 (without bound), 2 (disk, lock or bounded) or 1 (short)");
  }
};

template <> struct MappingTraits<NamedEntry<FakeAsyncEntry>> {
  static void mapping(IO &IO, NamedEntry<FakeAsyncEntry> &E) {
    Keys K(IO);
    names(K, IO, E);
    word(K, "kind", E.Entry.Kind, "kind", FakeKinds);
    K.optional("how", E.Entry.How);
    K.optional("conditions", E.Entry.Conditions);
  }
};

template <> struct MappingTraits<NamedEntry<FunctionModel>> {
  static void mapping(IO &IO, NamedEntry<FunctionModel> &E) {
    Keys K(IO);
    FunctionModel &F = E.Entry;
    names(K, IO, E);
    F.Ecosystem = contextOf(IO).Ecosystem;
    K.optional("ecosystem", F.Ecosystem);
    K.optional("spawns", F.Spawns);
    list(K, "joins", F.Joins);
    K.optional("acquires", F.Acquires);
    K.optional("releases", F.Releases);
    K.optional("switch", F.Switch);
    K.optional("runs-loop", F.RunsLoop);
    list(K, "calls", F.Calls);
    K.optional("calls-once", F.CallsOnce);
    word(K, "if-true", F.IfTrue, "word", Quantifiers);
    K.optional("calls-with", F.CallsWith);
    K.optional("completes", F.Completes);
    K.optional("passes", F.Passes);
    K.optional("binds", F.Binds);
    K.optional("executor-of", F.ExecutorOf);
    word(K, "executor-is", F.ExecutorIs, "executor", ExecutorKinds);
    K.optional("rebinds", F.Rebinds);
    K.optional("rebinds-to", F.RebindsTo);
    K.optional("points-into", F.PointsInto);
    K.optional("points-into-index", F.PointsIntoIndex);
    K.optional("points-to", F.PointsTo);
    K.optional("allocates", F.Allocates);
    K.optional("stores", F.Stores);
    K.optional("stores-value", F.StoresValue);
    K.optional("constructs", F.Constructs);
    K.optional("publishes", F.Publishes);
    K.optional("observes", F.Observes);
    K.optional("observes-if-true", F.ObservesIfTrue);
    K.optional("thread-own-result", F.ThreadOwnResult);
    K.optional("nonblocking", F.Nonblocking);
    K.optional("nonblocking-if", F.NonblockingIf);
    K.optional("never-returns", F.NeverReturns);
    K.optional("is-nonblocking", F.IsNonblocking);
    K.optional("readies", F.Readies);
    K.optional("ready-if", F.ReadyIf);
  }
};

template <> struct MappingTraits<NamedEntry<TypeModel>> {
  static void mapping(IO &IO, NamedEntry<TypeModel> &E) {
    Keys K(IO);
    TypeModel &T = E.Entry;
    names(K, IO, E);
    T.Ecosystem = contextOf(IO).Ecosystem;
    K.optional("ecosystem", T.Ecosystem);
    word(K, "role", T.Role, "role", Roles);
    K.optional("shared", T.Shared);
    K.optional("size-argument", T.SizeArgument);
    K.optional("joins-in-destructor", T.JoinsInDestructor);
    if (T.Role.empty())
      IO.setError("a type needs a role");
  }
};

template <class V> struct CustomMappingTraits<std::map<std::string, V>> {
  static void inputOne(IO &IO, StringRef Key, std::map<std::string, V> &Value) {
    IO.mapRequired(Key.str().c_str(), Value[Key.str()]);
  }
  static void output(IO &, std::map<std::string, V> &) {}
};

template <class T> struct SequenceElementTraits<NamedEntry<T>> {
  static const bool flow = false;
};

template <> struct MappingTraits<Contents> {
  static void mapping(IO &IO, Contents &C) {
    Keys K(IO);
    K.optional("ecosystem", contextOf(IO).Ecosystem);
    K.optional("namespace-aliases", C.NamespaceAliases);
    K.optional("replacements", C.Replacements);
    K.optional("blocking", C.Blocking);
    K.optional("fake-async", C.FakeAsync);
    K.optional("functions", C.Functions);
    K.optional("types", C.Types);
  }
};

} // namespace llvm::yaml

namespace threadbare::catalog {

/// One entry for each name of a list of functions.
template <class T> static void expand(std::vector<NamedEntry<T>> &Entries) {
  std::vector<NamedEntry<T>> All;
  All.reserve(Entries.size());
  for (NamedEntry<T> &E : Entries) {
    std::vector<std::string> Others = std::move(E.Others);
    All.push_back(std::move(E));
    for (std::string &Name : Others) {
      NamedEntry<T> Copy{{Name}, All.back().Entry, {}, {}};
      Copy.Entry.Name = std::move(Name);
      All.push_back(std::move(Copy));
    }
  }
  Entries = std::move(All);
}

Expected<Contents> readYaml(MemoryBufferRef File) {
  ReaderContext Context;
  auto OnError = [](const SMDiagnostic &D, void *C) {
    ReaderContext &Reader = contextOf(C);
    if (!Reader.Error.empty())
      return;
    std::string Message = D.getMessage().str();
    if (StringRef Key = Message; Key.consume_front("unknown key '") && Key.consume_back("'"))
      Message += suggestion(Key, Reader.LastKeys);
    if (Message == "unknown node kind")
      Message = "aliases ('*name') are not supported";
    Reader.Error = (Twine(D.getLineNo()) + ": " + Message).str();
  };
  yaml::Input In(File, &Context, OnError, &Context);
  Contents Result;
  In >> Result;
  if (!In.error()) {
    // "instead" is a replacement set of its own, for every ecosystem.
    for (NamedEntry<BlockingEntry> &E : Result.Blocking)
      if (!E.Instead.empty()) {
        E.Entry.Replacements = "instead of " + E.Entry.Name;
        Result.Replacements[E.Entry.Replacements]["any"] = E.Instead;
      }
    expand(Result.Blocking);
    expand(Result.Functions);
    expand(Result.Types);
    expand(Result.FakeAsync);
    return Result;
  }
  return createStringError(inconvertibleErrorCode(), Twine(File.getBufferIdentifier()) + ":" +
                                                         (Context.Error.empty() ? " not valid YAML" : Context.Error));
}

} // namespace threadbare::catalog
