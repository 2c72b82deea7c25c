// assay sign BUNDLE --key KEY: writes a signature file next to a bundle.
#include <fmt/format.h>

#include <memory>

#include "harness/cli/common_options.h"
#include "harness/cli/hints.h"
#include "harness/cli/output_file.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/terminal/telling.h"
#include "results/bundle/bundle.h"
#include "results/bundle/signature.h"

namespace assay::cli::sign {
extern const Verb verb;

namespace {

struct Arguments {
  std::string file, key;
};

int run(const Arguments& arguments) {
  // Read the bundle first: a damaged one must not be signed.
  const results::bundle::Bundle bundle = results::bundle::read_bundle_file(arguments.file);
  const std::string path = results::bundle::signature_file(arguments.file);
  OutputFile out("the signature", path);
  out.stream() << at_place(
      "--key", [&] { return results::bundle::signature_of(arguments.file, arguments.key); });
  out.commit();
  harness::terminal::remark(
      fmt::format("signed run {} in {}\n", bundle.manifest.run.id.substr(0, 8), path));
  return kDone;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  options.argument(arguments->file, named("BUNDLE", file()), "The bundle, FILE.assay").required =
      true;
  options
      .option("--key", arguments->key, file(),
              "OpenSSH private key, or a public key if an agent holds its private key")
      .required = true;
  options.footer(
      "Writes FILE.assay.sig with `ssh-keygen -Y sign -n assay`. `assay verify\n"
      "--signers` checks it, and so does `ssh-keygen -Y verify -n assay`.");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"sign", "Sign a bundle with an OpenSSH key", add, VerbGroup::trust};

}  // namespace assay::cli::sign
