// A PostgreSQL server only for the tests (server.py), which runs until the process ends.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace assay {

class PostgresServer {
 public:
  /// The server; starts it on first use.
  static const PostgresServer& instance() {
    static const PostgresServer server;
    return server;
  }

  /// Why there is no server; empty if there is one.
  const std::string& why_not() const { return why_not_; }
  /// "assay" has all rights; "guest:PASSWORD" owns nothing and needs the password.
  std::string url(const std::string& database, const std::string& user = "assay") const {
    return "postgresql://" + user + "@/" + database + "?host=" + folder_;
  }
  static constexpr const char* kGuest = "guest:open%3A%20sesame%2F%40";

  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

 private:
  PostgresServer() {
    int input[2], output[2];
    if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0) {
      why_not_ = "no pipe";
      return;
    }
    process_ = fork();
    if (process_ == 0) {
      dup2(input[0], STDIN_FILENO);
      dup2(output[1], STDOUT_FILENO);
      execlp("python3", "python3", ASSAY_SOURCE_DIR "/tests/postgresql/server.py", nullptr);
      _exit(1);
    }
    close(input[0]);
    close(output[1]);
    input_ = input[1];
    for (char c = 0; read(output[0], &c, 1) == 1 && c != '\n';) folder_ += c;
    close(output[0]);
    if (!folder_.starts_with('/')) why_not_ = folder_.empty() ? "it does not start" : folder_;
  }
  ~PostgresServer() {
    close(input_);
    waitpid(process_, nullptr, 0);
  }

  int input_ = -1;
  pid_t process_ = -1;
  std::string folder_, why_not_;
};

}  // namespace assay
