// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

/// The whole of a text file, or "" where there is none.
std::string read_text_file(const std::string &path);
