// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include <string>
#include <string_view>

struct Row {
  int id = 0;
  std::string text;
};
Row load_row(int id);

class Backend {
public:
  virtual ~Backend() = default;
  virtual Row get(int id) = 0;
};
class FileBackend : public Backend {
public:
  Row get(int id) override;
};
