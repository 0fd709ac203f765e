#include "common/auth/tls.h"

#include <chrono>
#include <functional>
#include <future>
#include <memory>

#include "common/auth/testing/certificates.h"
#include "common/auth/testing/temporary_folder.h"
#include "gmock/gmock.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"

namespace partnerlink::auth {
namespace {

using testing::CertificateAuthority;
using ::testing::HasSubstr;
using testing::Identity;

// Answers every call with the peer that it sees.
class WhoAmI final : public grpc::CallbackGenericService {
 private:
  class Answer final : public grpc::ServerGenericBidiReactor {
   public:
    explicit Answer(const std::string& peer) : text_(peer), message_(&text_, 1) {
      StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
    }
    void OnDone() override { delete this; }

   private:
    const grpc::Slice text_;
    const grpc::ByteBuffer message_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Answer(PeerOf(*context->auth_context()));
  }
};

struct Reply {
  grpc::Status status;
  std::string peer;
};

Reply Call(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  grpc::ByteBuffer request, response;
  grpc::Slice nothing;
  request = grpc::ByteBuffer(&nothing, 1);
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/test.Peers/WhoAmI", grpc::StubOptions(), &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  Reply reply{done.get_future().get(), ""};
  std::vector<grpc::Slice> slices;
  if (reply.status.ok() && response.Dump(&slices).ok()) {
    for (const auto& slice : slices) reply.peer.append(slice.begin(), slice.end());
  }
  return reply;
}

class TlsTest : public ::testing::Test {
 protected:
  ~TlsTest() override {
    if (server_) server_->Shutdown(std::chrono::system_clock::now());
  }

  TlsFiles Files(const std::string& name, const Identity& identity,
                 const CertificateAuthority& ca) {
    return {.certificate = folder_.Write(name + ".crt", identity.certificate),
            .key = folder_.Write(name + ".key", identity.key),
            .ca = folder_.Write(name + ".ca", ca.Pem()),
            .reload_interval = absl::Seconds(1)};
  }

  // A running server that is the service `directory`, unless another identity is given.
  void Serve(const Identity& identity) {
    ServeWith(*ServerCredentials(Files("server", identity, ca_)));
  }
  void Serve() { Serve(ca_.IssueFor("directory")); }

  void ServeWith(const std::shared_ptr<grpc::ServerCredentials>& credentials) {
    server_.reset();
    service_ = std::make_unique<WhoAmI>();
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(service_.get());
    builder.AddListeningPort("127.0.0.1:0", credentials, &port_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }

  std::shared_ptr<grpc::Channel> Dial(
      const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port_), credentials, arguments);
  }

  // As the holder of `identity`, trusting `ca`, in the belief to talk to `expected`.
  Reply CallAs(const Identity& identity, const CertificateAuthority& ca, const char* expected) {
    return Call(Dial(*ChannelCredentials(Files("client", identity, ca), expected)));
  }

  testing::TemporaryFolder folder_;
  const CertificateAuthority ca_{"partnerlink"};
  const CertificateAuthority other_ca_{"partnerlink"};
  std::unique_ptr<WhoAmI> service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

// Whether it becomes true within 15 seconds; each look is a call.
bool Await(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  while (std::chrono::steady_clock::now() < deadline) {
    if (condition()) return true;
  }
  return false;
}

void ExpectRefused(const Reply& reply) {
  EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::UNAVAILABLE)
      << reply.status.error_message() << " " << reply.peer;
}

TEST_F(TlsTest, ThePeerIsKnownByItsCertificate) {
  Serve();
  for (const char* service : {"gateway", "invitation"}) {
    const Reply reply = CallAs(ca_.IssueFor(service), ca_, "directory");
    ASSERT_TRUE(reply.status.ok()) << reply.status.error_message();
    EXPECT_EQ(reply.peer, service);
  }
}

TEST_F(TlsTest, AServerThatIsAnotherServiceIsRefused) {
  Serve();
  ExpectRefused(CallAs(ca_.IssueFor("invitation"), ca_, "relationship"));
  ExpectRefused(CallAs(ca_.IssueFor("invitation"), ca_, "director"));
}

TEST_F(TlsTest, AServerWithoutExactlyOneServiceNameIsRefused) {
  const std::vector<std::string> names[] = {
      {},
      {"spiffe://partnerlink/directory", "spiffe://partnerlink/invitation"},
      {"spiffe://elsewhere/directory"},
      {"spiffe://partnerlink/directory/admin"},
      {"https://partnerlink/directory"}};
  for (const auto& uris : names) {
    Serve(ca_.Issue(uris));
    ExpectRefused(CallAs(ca_.IssueFor("invitation"), ca_, "directory"));
  }
}

TEST_F(TlsTest, AClientWithoutExactlyOneServiceNameIsRefused) {
  Serve();
  const std::vector<std::string> names[] = {
      {},
      {"spiffe://partnerlink/gateway", "spiffe://partnerlink/invitation"},
      {"spiffe://elsewhere/gateway"},
      {"spiffe://partnerlink/"},
      {"spiffe://partnerlink/gateway/x"}};
  for (const auto& uris : names) ExpectRefused(CallAs(ca_.Issue(uris), ca_, "directory"));
}

TEST_F(TlsTest, ACertificateOfAnotherAuthorityIsRefused) {
  Serve();
  ExpectRefused(CallAs(other_ca_.IssueFor("invitation"), ca_, "directory"));
  ExpectRefused(CallAs(ca_.IssueFor("invitation"), other_ca_, "directory"));
}

TEST_F(TlsTest, PlaintextIsRefused) {
  Serve();
  ExpectRefused(Call(Dial(grpc::InsecureChannelCredentials())));
}

TEST_F(TlsTest, AClientWithoutACertificateIsRefused) {
  Serve();
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(
      std::make_shared<grpc::experimental::StaticDataCertificateProvider>(ca_.Pem()));
  options.watch_root_certs();
  options.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
  options.set_check_call_host(false);
  ExpectRefused(Call(Dial(grpc::experimental::TlsCredentials(options))));
}

TEST_F(TlsTest, APlaintextPeerIsNobody) {
  ServeWith(grpc::InsecureServerCredentials());
  const Reply reply = Call(Dial(grpc::InsecureChannelCredentials()));
  ASSERT_TRUE(reply.status.ok()) << reply.status.error_message();
  EXPECT_EQ(reply.peer, "");
}

TEST_F(TlsTest, ARotatedCertificateIsServedWithoutARestart) {
  Serve();
  const TlsFiles client = Files("client", ca_.IssueFor("invitation"), ca_);
  const auto before = *ChannelCredentials(client, "directory");
  const auto after = *ChannelCredentials(client, "relationship");
  ASSERT_TRUE(Call(Dial(before)).status.ok());
  ExpectRefused(Call(Dial(after)));
  Files("server", ca_.IssueFor("relationship"), ca_);
  EXPECT_TRUE(Await([&] { return Call(Dial(after)).status.ok(); }));
  ExpectRefused(Call(Dial(before)));
}

// A new authority is trusted beside the old one first, then alone: by the server's file here, by
// the client's below.
TEST_F(TlsTest, ARotatedAuthorityDecidesWhichClientsAreTaken) {
  const CertificateAuthority next("partnerlink, the next");
  Serve();
  const auto known = *ChannelCredentials(Files("known", ca_.IssueFor("gateway"), ca_), "directory");
  const auto newcomer =
      *ChannelCredentials(Files("newcomer", next.IssueFor("gateway"), ca_), "directory");
  ASSERT_TRUE(Call(Dial(known)).status.ok());
  ExpectRefused(Call(Dial(newcomer)));

  folder_.Write("server.ca", ca_.Pem() + next.Pem());
  EXPECT_TRUE(Await([&] { return Call(Dial(newcomer)).status.ok(); }));
  EXPECT_TRUE(Call(Dial(known)).status.ok());

  folder_.Write("server.ca", next.Pem());
  EXPECT_TRUE(Await([&] { return !Call(Dial(known)).status.ok(); }));
  EXPECT_TRUE(Call(Dial(newcomer)).status.ok());
}

TEST_F(TlsTest, ARotatedAuthorityDecidesWhichServerIsTaken) {
  const CertificateAuthority next("partnerlink, the next");
  Serve(next.IssueFor("directory"));
  const auto client =
      *ChannelCredentials(Files("client", ca_.IssueFor("gateway"), ca_), "directory");
  ExpectRefused(Call(Dial(client)));

  folder_.Write("client.ca", ca_.Pem() + next.Pem());
  EXPECT_TRUE(Await([&] { return Call(Dial(client)).status.ok(); }));

  folder_.Write("client.ca", ca_.Pem());
  EXPECT_TRUE(Await([&] { return !Call(Dial(client)).status.ok(); }));
}

TEST_F(TlsTest, FilesThatAreNotUsableAreNamedWithTheirFault) {
  const TlsFiles good = Files("good", ca_.IssueFor("directory"), ca_);
  const TlsFiles other = Files("other", ca_.IssueFor("directory"), ca_);
  const std::string junk = folder_.Write("junk", "junk");
  struct Case {
    std::string TlsFiles::*file;
    std::string path;
    const char* fault;
  };
  const Case cases[] = {
      {&TlsFiles::certificate, folder_.PathOf("none"), "certificate file"},
      {&TlsFiles::certificate, junk, "holds no PEM certificate"},
      {&TlsFiles::certificate, good.key, "holds no PEM certificate"},
      {&TlsFiles::key, folder_.PathOf("none"), "cannot be read: No such file"},
      {&TlsFiles::key, junk, "holds no unencrypted PEM private key"},
      {&TlsFiles::key, other.key, "does not belong to the certificate file"},
      {&TlsFiles::ca, folder_.PathOf("none"), "CA file"},
      {&TlsFiles::ca, junk, "holds no PEM certificate"},
  };
  for (const Case& bad : cases) {
    TlsFiles files = good;
    files.*bad.file = bad.path;
    const auto server = ServerCredentials(files).status();
    const auto channel = ChannelCredentials(files, "directory").status();
    EXPECT_THAT(std::string(server.message()), HasSubstr(bad.fault));
    EXPECT_THAT(std::string(server.message()), HasSubstr(bad.path));
    EXPECT_EQ(server, channel);
  }
  TlsFiles restless = good;
  restless.reload_interval = absl::Milliseconds(10);
  EXPECT_FALSE(ServerCredentials(restless).ok());
  EXPECT_FALSE(ChannelCredentials(good, "").ok());
  EXPECT_FALSE(ChannelCredentials(good, "directory/x").ok());
}

}  // namespace
}  // namespace partnerlink::auth
