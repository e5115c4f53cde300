import Testing
import WaybillCore
import WaybillServer

/// Where RocketMQ clients may be served, and how.
@Suite struct `An address for RocketMQ clients` {
    private func refusal(
        _ address: String, _ change: (inout BookServer.Settings) -> Void = { _ in }
    ) -> String? {
        var settings = BookServer.Settings()
        settings.http = nil
        settings.socket = .off
        settings.rocketMQ = HTTPAddress(address)
        change(&settings)
        return settings.refusal
    }

    @Test func `on loopback is served without a word, and alone`() {
        #expect(refusal("127.0.0.1:0") == nil)
        #expect(refusal("[::1]:0") == nil)
        #expect(refusal("127.0.0.1:0") { $0.isOpen = true } == nil)
        #expect(refusal("127.0.0.1:0") { $0.rocketMQTLS = .off } == nil)
    }

    @Test func `beyond loopback is served with TLS only, unless plain text is asked for`() throws {
        #expect(refusal("0.0.0.0:8081") == nil, "with TLS, and without plain text")
        let refused = try #require(refusal("0.0.0.0:8081") { $0.rocketMQTLS = .off })
        #expect(refused.contains("0.0.0.0:8081 is not loopback") && refused.contains("--rocketmq-plaintext"))
        let asked = refusal("0.0.0.0:8081") {
            $0.rocketMQTLS = .off
            $0.isRocketMQPlain = true
        }
        #expect(asked == nil)
    }

    @Test func `beyond loopback is never open`() throws {
        let refused = try #require(refusal("0.0.0.0:8081") { $0.isOpen = true })
        #expect(refused.contains("--open asks for no token"))
    }

    @Test func `has times within their bounds`() throws {
        #expect(refusal("127.0.0.1:0") { $0.rocketMQPollMin = .seconds(20) } == nil)
        #expect(refusal("127.0.0.1:0") { $0.rocketMQPollMin = .seconds(21) }?.contains("rocketmq-poll-min") == true)
        #expect(refusal("127.0.0.1:0") { $0.rocketMQInvisibleMin = .hours(12) } == nil)
        let invisible = refusal("127.0.0.1:0") { $0.rocketMQInvisibleMin = .hours(13) }
        #expect(invisible?.contains("rocketmq-invisible-min") == true)
        #expect(refusal("127.0.0.1:0") { $0.rocketMQDelayMax = .days(366) } == nil)
        #expect(refusal("127.0.0.1:0") { $0.rocketMQDelayMax = .days(367) }?.contains("rocketmq-delay-max") == true)
    }

    @Test func `needs a certificate when it is to show that of the server`() throws {
        let refused = try #require(refusal("127.0.0.1:0") { $0.rocketMQTLS = .certificate })
        #expect(refused.contains("--tls-cert"))
    }

    @Test func `is not needed by a certificate that no address would show`() throws {
        let refused = try #require(
            refusal("127.0.0.1:0") {
                $0.rocketMQTLS = .selfSigned
                $0.certificate = BookServer.Certificate(chain: "/nowhere", key: "/nowhere")
            })
        #expect(refused.contains("no address over TCP"))
    }
}
