import NIOCore
import NIOSSL
import NIOTLS

/// How a client makes sure over TLS with whom it speaks.
package struct ClientTLS: Sendable {
    private let context: NIOSSLContext

    /// - Parameter authorities: the path of a file in PEM with the certificates of trusted authorities; nil: those that
    ///   this machine trusts.
    package init(authorities: String?) throws(ClientFailure) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let authorities { tls.trustRoots = .file(authorities) }
        do { context = try NIOSSLContext(configuration: tls) } catch {
            throw ClientFailure(
                .defect, "\(authorities ?? "what this machine trusts") has no certificates in PEM: \(error)")
        }
    }

    /// Puts TLS first into a connection to a host.
    ///
    /// - Returns: told when it is known with whom the connection is.
    func begin(_ channel: any Channel, to host: String) throws -> EventLoopFuture<Void> {
        let known = channel.eventLoop.makePromise(of: Void.self)
        let handlers = channel.pipeline.syncOperations
        do {
            // The name of an address is checked against the address itself.
            let name = Self.isAddress(host) ? nil : host
            try handlers.addHandler(try NIOSSLClientHandler(context: context, serverHostname: name))
            try handlers.addHandler(HandshakeWatch(known))
        } catch {
            known.fail(error)
            throw error
        }
        return known.futureResult
    }

    private static func isAddress(_ host: String) -> Bool {
        do {
            _ = try SocketAddress(ipAddress: host, port: 0)
            return true
        } catch {
            return false
        }
    }
}

/// Tells when the handshake of a connection is over, or why it never will be.
private final class HandshakeWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    /// Nil: it was told.
    private var known: EventLoopPromise<Void>?

    init(_ known: EventLoopPromise<Void>) { self.known = known }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { tell(.success(())) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        tell(.failure(error))
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        tell(.failure(ChannelError.eof))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { tell(.failure(ChannelError.eof)) }

    private func tell(_ result: Result<Void, any Error>) {
        known?.completeWith(result)
        known = nil
    }
}
