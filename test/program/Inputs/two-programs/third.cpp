// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <boost/asio.hpp>

namespace asio = boost::asio;

// Which of the two it is cannot be known: nothing is claimed.
int step();
asio::awaitable<void> ambiguous_ok() {
  step();
  co_return;
}
