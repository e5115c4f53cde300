import Crypto
import Foundation
package import WaybillCore
import WaybillServer
import WaybillTimeouts

/// A server that speaks RocketMQ's protocol, and how clients of a benchmark say who they are.
package struct CallTarget: Sendable {
    let host: String
    let port: Int
    /// With which key requests are signed; nil: the server asks for none.
    let key: Key?

    /// What a client signs with.
    package struct Key: Sendable {
        let access: Text
        let secret: Text

        package init(access: Text, secret: Text) {
            self.access = access
            self.secret = secret
        }
    }

    init(host: String = "127.0.0.1", port: Int, key: Key? = nil) {
        self.host = host
        self.port = port
        self.key = key
    }

    /// Reads `HOST:PORT`; nil: it is no such address.
    package init?(address: String, key: Key?) {
        guard let address = HTTPAddress(address), address.port > 0 else { return nil }
        self.init(host: address.host, port: address.port, key: key)
    }

    /// The header fields of every request of one client.
    func headers(client: Int) -> [(name: String, value: String)] {
        var fields = [
            (":authority", "\(host):\(port)"), ("te", "trailers"), ("content-type", "application/grpc"),
            ("x-mq-client-id", "bench@\(client)"), ("x-mq-language", "JAVA"), ("x-mq-client-version", "5.2.0"),
            ("x-mq-protocol", "v2"),
        ]
        if let key {
            let date = Self.date
            let code = HMAC<Insecure.SHA1>.authenticationCode(
                for: Array(date.utf8), using: SymmetricKey(data: Array(key.secret.string.utf8)))
            let signature = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            fields.append(("x-mq-date-time", date))
            fields.append(
                (
                    "authorization",
                    "MQv2-HMAC-SHA1 Credential=\(key.access), SignedHeaders=x-mq-date-time, Signature=\(signature)"
                ))
        }
        return fields
    }

    /// Now, as clients sign it: `yyyyMMddTHHmmssZ`.
    private static var date: String {
        let now = Date(timeIntervalSince1970: Double(World.system.now().milliseconds / 1_000))
        return now.ISO8601Format().filter { $0 != "-" && $0 != ":" }
    }
}

/// The remote procedures that the benchmark calls.
enum CalledProcedure: String, Sendable {
    case send = "/apache.rocketmq.v2.MessagingService/SendMessage"
    case receive = "/apache.rocketmq.v2.MessagingService/ReceiveMessage"
    case acknowledge = "/apache.rocketmq.v2.MessagingService/AckMessage"
    case heartbeat = "/apache.rocketmq.v2.MessagingService/Heartbeat"
    /// What the same layer answers with a constant.
    case constant = "/bench.Constant/Answer"
}
