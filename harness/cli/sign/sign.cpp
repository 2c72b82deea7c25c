// assay sign BUNDLE --key KEY: puts its signature beside a bundle.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/output_file.h"
#include "harness/cli/verb.h"
#include "results/bundle/bundle.h"
#include "results/bundle/signature.h"

namespace assay::cli {
extern const Verb sign_verb;

namespace {

struct Options {
  std::string file, key;
};

int run(const Options& options) {
  // Nobody should put a name to what is damaged.
  const results::bundle::Bundle bundle = results::bundle::read_bundle_file(options.file);
  const std::string path = results::bundle::signature_file(options.file);
  OutputFile out("the signature", path);
  out.stream() << results::bundle::signature_of(options.file, options.key);
  out.commit();
  fmt::print(stderr, "signed run {} in {}\n", bundle.manifest.run.id.substr(0, 8), path);
  return kDone;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("bundle", options->file, "The bundle: FILE.assay")->required();
  app.add_option("--key", options->key,
                 "An OpenSSH private key, or a public one whose private key an agent holds")
      ->required();
  app.footer(
      "Writes FILE.assay.sig with `ssh-keygen -Y sign -n assay`; `assay verify\n"
      "--signers` checks it, and so does `ssh-keygen -Y verify -n assay` alone.");
  return [options] { return run(*options); };
}

}  // namespace

const Verb sign_verb = {"sign", "Sign a bundle with an OpenSSH key", add};

}  // namespace assay::cli
