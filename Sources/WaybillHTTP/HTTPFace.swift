import HTTPTypes
import HummingbirdCore
package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle
package import WaybillAPI
import WaybillAccess
package import WaybillPages

/// The shell around the list of operations: one address at which it is served over HTTP/1.1, with TLS over HTTP/2 too.
package struct HTTPFace: Service {
    private let answering: Answering
    private let early: EarlyAnswers
    private let address: Address
    private let certificates: Certificates?
    private let counts: ConnectionCounts?
    private let logger: Logger
    private let onRunning: @Sendable (Int?) async -> Void

    /// Where it listens.
    package enum Address: Hashable, Sendable {
        /// Port 0: one that is free.
        case tcp(host: String, port: Int)
        /// Probes and metrics alone, which need no token here and no place among the connections; port 0: a free one.
        case health(host: String, port: Int)
        /// A socket of this file system; a process that can open it counts as the owner of the file.
        case socket(path: String)
    }

    /// - Parameters:
    ///   - pages: what people see; nil: there is no dashboard.
    ///   - certificates: nil: it serves without TLS.
    ///   - onRunning: told the port when requests are taken.
    package init(
        _ api: API, at address: Address, settings: HTTPSettings = HTTPSettings(), pages: Pages? = nil,
        certificates: Certificates? = nil, logger: Logger, onRunning: @escaping @Sendable (Int?) async -> Void
    ) {
        self.address = address
        self.certificates = certificates
        self.logger = logger
        self.onRunning = onRunning
        early = EarlyAnswers(
            random: api.served.book.random, caller: { api.callerNumber(authorization: $0) },
            count: { code in api.served.countRefused(code) })
        switch address {
        case .tcp(let host, _):
            answering = Answering(api, .callers(HostList([host, "localhost"] + settings.hosts)), pages: pages, logger)
            counts = api.served.connections
        case .health(let host, _):
            let hosts = HostList([host, "localhost"] + settings.hosts, hasAddresses: true)
            answering = Answering(api.ofProbes, .probes(hosts), pages: nil, logger)
            var limits = ConnectionCounts.Limits()
            limits.all = HTTPSettings.probeConnectionsMax
            counts = ConnectionCounts(limits)
        case .socket:
            // Its owner reaches the server when others have all connections.
            counts = nil
            answering = Answering(api, .owner, pages: pages, logger)
        }
    }

    /// Serves until it is asked to stop, and until what was asked before is answered.
    package func run() async throws {
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = HTTPSettings.headerBytesMax
        decoder.maxHeaderListSize = HTTPSettings.headerBytesMax
        decoder.maxHeaderFieldCount = HTTPSettings.headerFieldsMax
        let early = early
        let channel = HTTP1Channel(
            responder: { [answering] request, writer, channel in
                try await answering.respond(to: request, writer, channel)
            },
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: Self.guards(early),
                // Hummingbird's timer begins when an answer is written, and cuts off a client that takes it slowly.
                idleTimeout: nil, httpDecoderConfiguration: decoder))
        if let certificates {
            try await serve(SecureChannel(certificates, early, http1: channel))
        } else {
            try await serve(channel)
        }
    }

    private func serve(_ channel: some ServerChildChannel) async throws {
        let mask = if case .socket = address { ClosedMask() } else { ClosedMask?.none }
        defer { mask?.giveBack() }
        let server = Server(
            childChannelSetup: OnItsLoop(channel, counts),
            configuration: ServerConfiguration(address: bindAddress, backlog: 1_024),
            onServerRunning: { channel in
                mask?.giveBack()
                await onRunning(channel.localAddress?.port)
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        do {
            try await server.run()
        } catch let error as IOError {
            throw AddressFailure(address, error)
        } catch let error as SocketAddressError.UnknownHost {
            throw AddressFailure(address, why: "the host \(error.host) is not known")
        }
    }

    /// What every connection has between its codec and its requests, and every stream of HTTP/2.
    package static func guards(_ early: EarlyAnswers) -> [any RemovableChannelHandler] {
        [ConnectionGuards(early), ClientWatch()]
    }

    private var bindAddress: BindAddress {
        switch address {
        case .tcp(let host, let port), .health(let host, let port): .hostname(host, port: port)
        case .socket(let path): .unixDomainSocket(path: SocketPath.short(path) ?? path)
        }
    }
}

/// Bounds of the shell.
package struct HTTPSettings: Sendable {
    package static let headerBytesMax = 16 * 1_024
    package static let headerFieldsMax = 100
    /// A connection without a request for this time is closed, and one whose client takes nothing of an answer.
    package static let idleSecondsMax: Int64 = 30
    /// A body must be there after this, and a second for each 64 KiB.
    package static let bodySecondsMax: Int64 = 10
    /// The handshake of TLS must be over after this.
    package static let handshakeSecondsMax: Int64 = 10
    /// Connections at an address for probes; half of them without credentials, as probes are.
    package static let probeConnectionsMax = 128
    /// Streams of one connection of HTTP/2, each with one request.
    package static let streamsMax = 100

    /// Names by which the server is called besides its address and localhost.
    package var hosts: [String] = []

    package init() {}
}
