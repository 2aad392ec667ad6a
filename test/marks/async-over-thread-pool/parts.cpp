// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
// One cause, one finding: the resolver that hides a thread, and who only wraps it; not all that needs a name on its way.
#include <functional>
#include <netdb.h>
#include <string>
#include <thread>
#include <utility>

class Resolver {
public:
  void resolve(const std::string &name, std::function<void(addrinfo *)> done) { // expect: async-over-thread-pool
    std::thread([name, done] {
      addrinfo *found = nullptr;
      ::getaddrinfo(name.c_str(), nullptr, nullptr, &found);
      done(found);
    }).detach();
  }
};

void lookup(Resolver &resolver, const std::string &name, std::function<void(addrinfo *)> done) { // expect: async-over-thread-pool
  resolver.resolve(name, std::move(done));
}

class Client {
  Resolver resolver;
  std::string host;
  void connect(addrinfo *address);
  void start(const std::string &request, const std::function<void(int)> &done) { // expect: async-over-thread-pool
    (void)request;
    resolver.resolve(host, [this, done](addrinfo *address) {
      if (!address)
        return done(-1);
      connect(address);
    });
  }
  void begin(const std::string &request, const std::function<void(int)> &done) {
    if (request.empty())
      return done(0);
    start(request, done);
  }

public:
  void send(const std::string &request, const std::function<void(int)> &done) { begin(request, done); }
};

int main() {
  Client client;
  client.send("GET /", [](int) {});
  Resolver resolver;
  lookup(resolver, "localhost", [](addrinfo *) {});
}
