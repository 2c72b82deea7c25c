#include "harness/ranks/hub.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <zmq.hpp>

#include "harness/ranks/address.h"
#include "harness/ranks/link.h"
#include "kernels/error.h"
#include "results/process/descriptor.h"

namespace assay::harness::ranks {
namespace {

using results::process::Descriptor;
using testing::ElementsAre;

/// A hub in this process; tests act as ranks and as strangers.
class HubAt : public testing::Test {
 protected:
  explicit HubAt(const std::string& endpoint) : hub_(secret_, {endpoint}, kMostBytes) {}

  Link rank() {
    Link link(hub_.endpoints().front(), secret_);
    std::string why;
    EXPECT_TRUE(link.connected(60, &interrupt_, why)) << why;
    return link;
  }

  std::optional<Hub::Message> next() {
    constexpr int kTries = 600;
    for (int i = 0; i < kTries; ++i) {
      if (auto message = hub_.receive()) return message;
      hub_.wait(interrupt_, 100);
    }
    return std::nullopt;
  }

  /// A rank joins in spite of what was tried before, and the hub receives only from it.
  void expect_only_ranks() {
    Link link = rank();
    link.send("I am a rank");
    const auto message = next();
    ASSERT_TRUE(message);
    EXPECT_EQ(message->text, "I am a rank");
    EXPECT_FALSE(hub_.receive());
  }

  static constexpr std::size_t kMostBytes = 1 << 20;
  worker::Interrupt interrupt_;
  const JobSecret secret_ = JobSecret::random();
  Hub hub_;
};

class HubOnLoopback : public HubAt {
 protected:
  HubOnLoopback() : HubAt("tcp://127.0.0.1:*") {}

  std::uint16_t port() const {
    const std::string& endpoint = hub_.endpoints().front();
    return static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)));
  }

  /// A connection without ZeroMQ, closed if it was refused.
  Descriptor connect_to(const char* address) const {
    Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port())};
    inet_pton(AF_INET, address, &to.sin_addr);
    if (connect(socket.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) socket.close();
    return socket;
  }
};

class HubOnThisHost : public HubAt {
 protected:
  HubOnThisHost() : HubAt(new_local_endpoint()) {}

  /// A connection without ZeroMQ.
  Descriptor connect_to() const {
    const std::string name = hub_.endpoints().front().substr(std::string("ipc://@").size());
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un to = {.sun_family = AF_UNIX};
    name.copy(to.sun_path + 1, sizeof to.sun_path - 1);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (connect(socket.get(), reinterpret_cast<sockaddr*>(&to), size) != 0) socket.close();
    return socket;
  }

  /// Whether rank 0 keeps a connection: it then sends its greeting, and waits for ours.
  static bool is_kept(const Descriptor& socket) {
    char first = 0;
    return recv(socket.get(), &first, 1, 0) == 1;
  }
};

class EveryHub : public HubAt, public testing::WithParamInterface<bool> {
 protected:
  EveryHub() : HubAt(GetParam() ? new_local_endpoint() : "tcp://127.0.0.1:*") {}
};

INSTANTIATE_TEST_SUITE_P(Endpoints, EveryHub, testing::Bool(),
                         [](const auto& local) { return local.param ? "ThisHost" : "Loopback"; });

TEST_P(EveryHub, ARankAndTheHubExchangeShortAndLongTexts) {
  Link link = rank();
  const std::string text(kMostBytes, 'x');
  link.send("short");
  link.send(text);
  const auto first = next(), second = next();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->text, "short");
  EXPECT_EQ(second->text, text);
  EXPECT_EQ(first->peer, second->peer);
  EXPECT_TRUE(hub_.send(first->peer, text));
  std::string answer;
  ASSERT_EQ(link.receive(answer, 60), Link::Event::message);
  EXPECT_EQ(answer, text);
}

TEST_F(HubOnLoopback, ATooLongMessageIsDroppedAndTheNextOneArrives) {
  Link link = rank();
  link.send(std::string(kMostBytes + 1, 'x'));
  link.send("next");
  const auto first = next(), second = next();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->text, "");
  EXPECT_EQ(first->bytes, kMostBytes + 1);
  EXPECT_EQ(second->text, "next");
}

TEST_P(EveryHub, AnotherSecretIsRefused) {
  Link link(hub_.endpoints().front(), JobSecret::random());
  link.send("I am a rank of another job");
  std::string why;
  EXPECT_FALSE(link.connected(60, &interrupt_, why));
  EXPECT_THAT(why, testing::HasSubstr("does not have this job's secret"));
  expect_only_ranks();
}

/// The public key of rank 0 alone must not suffice, even if somebody learned it.
TEST_P(EveryHub, ACurveClientWithKeysOfItsOwnIsRefused) {
  char public_key[41] = {}, secret_key[41] = {};
  ASSERT_EQ(zmq_curve_keypair(public_key, secret_key), 0);
  zmq::context_t context;
  zmq::socket_t stranger(context, zmq::socket_type::dealer);
  stranger.set(zmq::sockopt::linger, 0);
  stranger.set(zmq::sockopt::curve_serverkey, secret_.server_keys().public_key);
  stranger.set(zmq::sockopt::curve_publickey, public_key);
  stranger.set(zmq::sockopt::curve_secretkey, secret_key);
  stranger.connect(hub_.endpoints().front());
  stranger.send(zmq::buffer("let me in", 9));
  expect_only_ranks();
}

TEST_P(EveryHub, AClientWithoutEncryptionIsRefused) {
  zmq::context_t context;
  zmq::socket_t stranger(context, zmq::socket_type::dealer);
  stranger.set(zmq::sockopt::linger, 0);
  stranger.connect(hub_.endpoints().front());
  stranger.send(zmq::buffer("let me in", 9));
  expect_only_ranks();
}

TEST_F(HubOnLoopback, WhatIsNotZeroMqDisturbsNothing) {
  // The last one is a greeting of ZMTP 3.1 that asks for CURVE, and a frame of 2^62 bytes.
  const std::string greeting = std::string("\xff\0\0\0\0\0\0\0\1\x7f\3\1CURVE", 17) +
                               std::string(47, '\0') + "\6\x40" + std::string(7, '\0');
  std::vector<Descriptor> visitors;
  for (const std::string& said :
       {std::string(R"({"hello":{"rank":0}})") + "\n", std::string("GET / HTTP/1.1\r\n\r\n"),
        std::string(100000, '\xff'), std::string(100000, '\0'), std::string(), greeting}) {
    visitors.push_back(connect_to("127.0.0.1"));
    ASSERT_TRUE(visitors.back().open());
    ::send(visitors.back().get(), said.data(), said.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  expect_only_ranks();
}

TEST_F(HubOnLoopback, HundredsOfSilentConnectionsDisturbNothing) {
  std::vector<Descriptor> visitors;
  for (int i = 0; i < 300; ++i) {
    visitors.push_back(connect_to("127.0.0.1"));
    ASSERT_TRUE(visitors.back().open());
  }
  expect_only_ranks();
}

TEST_F(HubOnLoopback, ListensOnlyOnItsAddress) {
  EXPECT_TRUE(connect_to("127.0.0.1").open());
  // Another address of this host, at which a process that listens on all would answer.
  EXPECT_FALSE(connect_to("127.0.0.2").open());
}

TEST_P(EveryHub, SaysThatAConnectionHasClosedOnlyWhenAllThatItSentIsReceived) {
  constexpr int kMessages = 500;
  Link staying = rank();
  {
    Link leaving = rank();
    for (int i = 0; i < kMessages; ++i) leaving.send("a record");
  }
  staying.send("still here");
  int received = 0;
  std::string left;
  std::vector<Peer> closed;
  for (int i = 0; i < 6000 && closed.empty(); ++i) {
    hub_.wait(interrupt_, 10);
    // A few at a time, like a coordinator that stores records in between.
    std::optional<Hub::Message> message;
    for (int k = 0; k < 7 && (message = hub_.receive()); ++k) {
      if (message->text != "a record") continue;
      ++received;
      left = message->peer;
    }
    if (!message) closed = hub_.take_closed();
  }
  EXPECT_EQ(received, kMessages);
  EXPECT_THAT(closed, ElementsAre(left));
  EXPECT_FALSE(hub_.send(left, "are you there?"));
  hub_.wait(interrupt_, 10);
  EXPECT_THAT(hub_.take_closed(), ElementsAre());
}

TEST_P(EveryHub, ARankReceivesAllThatWasSentBeforeTheHubEnded) {
  auto hub = std::make_optional<Hub>(
      secret_, std::vector{GetParam() ? new_local_endpoint() : "tcp://127.0.0.1:*"});
  Link link(hub->endpoints().front(), secret_);
  link.send("hello");
  std::optional<Hub::Message> message;
  while (!message) {
    hub->wait(interrupt_, 100);
    message = hub->receive();
  }
  for (int i = 0; i < 100; ++i) hub->send(message->peer, "an order");
  hub.reset();
  int received = 0;
  std::string text;
  while (link.receive(text, 60) == Link::Event::message) ++received;
  EXPECT_EQ(received, 100);
  EXPECT_FALSE(link.open());
}

TEST_P(EveryHub, ItsEchoReturnsThoughNobodyIsConnected) {
  EXPECT_TRUE(hub_.echo_has_returned());
  hub_.send_echo();
  EXPECT_FALSE(hub_.echo_has_returned());
  for (int i = 0; i < 600 && !hub_.echo_has_returned(); ++i) {
    hub_.wait(interrupt_, 100);
    EXPECT_FALSE(hub_.receive());
  }
  EXPECT_TRUE(hub_.echo_has_returned());
}

TEST_F(HubOnThisHost, ClosesConnectionsOfOtherUsersAtOnceAndKeepsThoseOfItsOwn) {
  EXPECT_TRUE(is_kept(connect_to()));
  if (geteuid() != 0) GTEST_SKIP() << "only root can act as another user";
  constexpr uid_t kNobody = 65534;
  const pid_t stranger = fork();
  if (stranger == 0) {
    if (setuid(kNobody) != 0) _exit(2);
    const Descriptor socket = connect_to();
    _exit(!socket.open() ? 3 : is_kept(socket) ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(stranger, &status, 0), stranger);
  EXPECT_EQ(status, 0);
  expect_only_ranks();
}

TEST(Hub, NamesAnAddressOnWhichItCannotListen) {
  try {
    // Reserved for documentation (RFC 5737), so no interface has it.
    const Hub hub(JobSecret::random(), {"tcp://192.0.2.1:4242"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("192.0.2.1:4242"));
    EXPECT_THAT(error.hint(), testing::HasSubstr("--rendezvous"));
  }
}

TEST(Link, SaysThatNobodyAnswers) {
  std::uint16_t port = 0;
  {
    const Hub hub(JobSecret::random(), {"tcp://127.0.0.1:*"});
    port = static_cast<std::uint16_t>(
        std::stoi(hub.endpoints().front().substr(std::string("tcp://127.0.0.1:").size())));
  }
  Link link("tcp://127.0.0.1:" + std::to_string(port), JobSecret::random());
  std::string why;
  EXPECT_FALSE(link.connected(60, nullptr, why));
  EXPECT_EQ(why, "no answer");
}

}  // namespace
}  // namespace assay::harness::ranks
