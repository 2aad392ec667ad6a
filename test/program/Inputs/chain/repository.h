// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include "storage.h"

#include <map>
#include <memory>

class Repository {
public:
  explicit Repository(std::unique_ptr<Backend> backend) : backend_(std::move(backend)) {}
  Row find(int id) {
    auto known = rows_.find(id);
    return known != rows_.end() ? known->second : fetch(id);
  }
  Row through_backend(int id) { return backend_->get(id); }
  std::size_t size() const { return rows_.size(); }

private:
  Row fetch(int id);
  std::map<int, Row> rows_;
  std::unique_ptr<Backend> backend_;
};
