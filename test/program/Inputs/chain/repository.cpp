// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "repository.h"

Row Repository::fetch(int id) { return rows_[id] = load_row(id); }
