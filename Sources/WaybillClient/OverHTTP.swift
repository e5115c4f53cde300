import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOPosix
import WaybillAPI
import WaybillAccess
package import WaybillCore

/// Asks a server over HTTP/1.1, one connection for each question.
package struct OverHTTP: Sendable {
    /// Where the server is.
    package enum Place: Hashable, Sendable {
        /// The socket beside a file.
        case socket(path: String)
        case tcp(host: String, port: Int)
    }

    typealias Connection = NIOAsyncChannel<HTTPResponsePart, HTTPRequestPart>

    /// Beyond the longest wait of any operation.
    private static let answerSecondsMax: Int64 = 120
    private static let connectSecondsMax: Int64 = 10
    /// Beyond any answer of the list: a page of messages with their bodies.
    private static let answerBytesMax = 1_024 * 1_024 * 1_024

    private let place: Place
    private let token: Text?
    private let tls: ClientTLS?
    private let trusted: Set<UInt32>?

    /// - Parameters:
    ///   - token: nil: none is sent; the socket asks for none.
    ///   - tls: nil: it speaks without.
    ///   - trusted: the users whose process is asked at a socket; nil: any.
    package init(_ place: Place, token: Text? = nil, tls: ClientTLS? = nil, trusted: Set<UInt32>? = nil) {
        self.place = place
        self.token = token
        self.tls = tls
        self.trusted = trusted
    }

    /// Whether it asks at the socket beside a file.
    var isAtSocket: Bool {
        switch place {
        case .socket: true
        case .tcp: false
        }
    }

    func ask(_ question: Question) async throws(ClientFailure) -> Reply {
        let connection = try await connect()
        do {
            let reply = try await connection.executeThenClose { inbound, outbound in
                let end = connection.channel.eventLoop.scheduleTask(in: .seconds(Self.answerSecondsMax)) {
                    connection.channel.close(promise: nil)
                }
                defer { end.cancel() }
                // At once: a request without a body is whole with its head, and its connection may be over before the
                // rest is written.
                try await outbound.write(contentsOf: parts(of: question))
                return try await Self.reply(inbound)
            }
            if let reply { return reply }
        } catch let failure as ClientFailure {
            throw failure
        } catch {
            throw lost(question, "\(error)")
        }
        throw lost(question, "the connection ended")
    }

    private func lost(_ question: Question, _ why: String) -> ClientFailure {
        question.isReading
            ? ClientFailure(.unreachable, "\(placeText) did not answer: \(why)")
            : ClientFailure(
                .unknown,
                "\(placeText) did not answer, and whether it was done is not known: \(why); look, or send "
                    + "it again with the same key")
    }

    func connect() async throws(ClientFailure) -> Connection {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(Self.connectSecondsMax))
        do {
            switch place {
            case .socket(let path):
                let connection = try await bootstrap.connect(
                    unixDomainSocketPath: SocketPath.short(path) ?? path
                ) { channel in
                    channel.eventLoop.makeCompletedFuture { try Self.prepared(channel) }
                }
                do {
                    try await requireTrust(in: connection.channel)
                    return connection
                } catch {
                    await Self.end(connection)
                    throw error
                }
            case .tcp(let host, let port):
                let (connection, known) = try await bootstrap.connect(host: host, port: port) { [tls] channel in
                    channel.eventLoop.makeCompletedFuture {
                        let known = try tls?.begin(channel, to: host)
                        return (try Self.prepared(channel), known)
                    }
                }
                // Nothing is said before it is known to whom.
                guard let known else { return connection }
                do {
                    try await known.get()
                    return connection
                } catch {
                    await Self.end(connection)
                    throw ClientFailure(
                        .unreachable,
                        "nothing was said to \(placeText): it does not speak TLS, or its certificate is not of that "
                            + "name, or its issuer is none that this machine trusts; WAYBILL_CA names a file with "
                            + "others")
                }
            }
        } catch let failure as ClientFailure {
            throw failure
        } catch {
            throw ClientFailure(.unreachable, "there is no server at \(placeText): \(error)")
        }
    }

    /// Refuses a process of a user that is not trusted, before anything is said to it.
    private func requireTrust(in channel: any Channel) async throws {
        guard let trusted, let options = channel as? any SocketOptionProvider else { return }
        let peer: SocketPeer = try await options.unsafeGetSocketOption(
            level: SocketOptionLevel(SOL_SOCKET), name: SocketOptionName(SO_PEERCRED)
        ).get()
        guard !trusted.contains(peer.user) else { return }
        throw ClientFailure(
            .unreachable,
            "a process of the user \(peer.user) listens at \(placeText), who is neither root nor the owner of the "
                + "file: it is not asked; `--server unix:PATH` asks the process that is there")
    }

    /// Ends a connection that is of no use. One that is only let go would end the process.
    private static func end(_ connection: Connection) async {
        do { try await connection.executeThenClose { _, _ in } } catch {}
    }

    private static func prepared(_ channel: any Channel) throws -> Connection {
        try channel.pipeline.syncOperations.addHTTPClientHandlers()
        try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPClientCodec())
        return try Connection(wrappingChannelSynchronously: channel)
    }

    func parts(of question: Question) -> [HTTPRequestPart] {
        let body = question.body.isEmpty ? [] : [HTTPRequestPart.body(ByteBuffer(bytes: question.body))]
        return [.head(request(question))] + body + [.end(nil)]
    }

    private func request(_ question: Question) -> HTTPRequest {
        var request = HTTPRequest(
            method: HTTPRequest.Method(question.operation.method.rawValue) ?? .get,
            scheme: tls == nil ? "http" : "https",
            authority: authority, path: question.target)
        for (name, value) in question.headers.all {
            if let field = HTTPField.Name(name.rawValue) { request.headerFields[field] = value }
        }
        if let token { request.headerFields[.authorization] = "Bearer \(token)" }
        if !question.isReading { request.headerFields[.contentLength] = "\(question.body.count)" }
        request.headerFields[.connection] = "close"
        return request
    }

    /// The whole answer; nil: the connection ended before.
    private static func reply(_ parts: NIOAsyncChannelInboundStream<HTTPResponsePart>) async throws -> Reply? {
        var reply: Reply?
        var body: [UInt8] = []
        for try await part in parts {
            switch part {
            case .head(let head):
                let headers = head.headerFields.map { (name: $0.name.canonicalName, value: $0.value) }
                reply = Reply(head.status.code, headers: headers, contentType: head.headerFields[.contentType])
            case .body(let buffer):
                guard body.count + buffer.readableBytes <= answerBytesMax else {
                    throw ClientFailure(.unreadable, "the answer has more than \(answerBytesMax) bytes")
                }
                body.append(contentsOf: buffer.readableBytesView)
            case .end:
                // An answer before the answer, such as 100, has no end of this kind.
                reply?.body = body
                return reply
            }
        }
        return nil
    }

    private var authority: String {
        switch place {
        case .socket: "waybill"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    private var placeText: String {
        switch place {
        case .socket(let path): path
        case .tcp: "\(tls == nil ? "http" : "https")://\(authority)"
        }
    }
}
