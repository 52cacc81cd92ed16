#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pooling/read_facts.hpp"
#include "tests/golden/golden.hpp"
#include "tests/golden/temp_dir.hpp"

namespace weir {

using Json = nlohmann::json;

// A tiny model whose files a test then changes.
class ModelDir : public testing::Test {
 protected:
  void write(const golden::TinyBertOptions& options = {}) {
    ASSERT_TRUE(golden::write_tiny_bert(dir_.path(), options));
  }
  void write_json(const std::string& name, const Json& json) { dir_.write(name, json.dump()); }
  Json read_json(const std::string& name) {
    std::ifstream in(dir_.path() / name);
    return Json::parse(in);
  }
  void change(const std::string& name, const std::string& key, const Json& value) {
    Json json = read_json(name);
    json[key] = value;
    write_json(name, json);
  }
  ModelFacts facts(const PoolerOverrides& overrides = {}) {
    auto read = read_model_facts(dir_.path(), overrides);
    if (!read) throw std::runtime_error(read.error().message);
    return *read;
  }
  std::string complaint(const PoolerOverrides& overrides = {}) {
    const auto read = read_model_facts(dir_.path(), overrides);
    return read ? std::string("none") : std::string(to_string(read.error().code)) + ": " + read.error().message;
  }

  golden::TempDir dir_;
};

}  // namespace weir
