import Foundation
import GRPCServing
public import Logging
import RocketMQServer
import ServiceLifecycle
import Synchronization
import UnixSignals
public import Waybill
package import WaybillAPI
import WaybillAccess
public import WaybillCore
import WaybillEngine
import WaybillHTTP
import WaybillPages
import WaybillTimeouts

/// Serves an order book over HTTP, from any program that has one open.
///
/// ```swift
/// let book = try OrderBook.open("shop.db")
/// defer { book.close() }
/// try await BookServer(book).run()
/// ```
public struct BookServer: Sendable {
    private let book: OrderBook
    private let settings: Settings
    private let logger: Logger

    /// Where and how it serves.
    public struct Settings: Sendable {
        /// The host and port of TCP; port 0: one that is free. Nil: none. Beyond loopback it needs ``certificate`` or
        /// ``isBehindProxy``, and a token in the file.
        public var http: HTTPAddress? = HTTPAddress(host: "127.0.0.1", port: 7_070)
        /// The certificate with which it serves at ``http``, over HTTP/1.1 and HTTP/2; nil: without TLS.
        public var certificate: Certificate?
        /// Whether a proxy that has TLS is all that reaches ``http``, so that it may be beyond loopback without TLS.
        public var isBehindProxy = false
        /// The host and port where probes and monitors get `/healthz`, `/readyz` and `/metrics`, and nothing else is
        /// served: without a token, without TLS, and also when others have all connections. Nil: none.
        public var health: HTTPAddress?
        /// Connections at ``http`` that may be open; nil: 12,000, or 512 fewer than the process may have files open.
        public var connectionsMax: Int?
        /// Event streams that may be open.
        public var streamsMax = 10_000
        /// Requests of one caller that may be in work.
        public var requestsInWorkMax = 1_000
        /// Requests of all callers that may wait for something to come, such as receives.
        public var longPollsMax = 10_000
        /// Operations in many writes that may run at a time.
        public var operationsMax = 4
        /// How long the reads of one question may take; a list ends its page after half of it.
        public var readTime = Interval(milliseconds: 250)
        /// Where the owner of the file asks without a token, and the command line with `--db`.
        public var socket = SocketPlace.besideFile
        /// Names by which the server may be called besides its address and `localhost`.
        public var hosts: [String] = []
        /// Whether callers need no token.
        public var isOpen = false
        /// How long it may take to stop.
        public var stopWithin = Interval.seconds(10)
        /// How it says what it does and what goes wrong, unless it is given a logger.
        public var log = ServerLog()
        /// What `/version` says.
        public var version = Release.version
        /// Which copies of the file it keeps; nil: none.
        public var backups: Backups?
        /// Where a group begins that is made by its first consumer; nil: a group must be made before it is used.
        public var newGroupsStart: GroupStart? = .oldest
        /// Where RocketMQ 5 clients are served; port 0: one that is free. Nil: nowhere. Beyond loopback it needs TLS or
        /// ``isRocketMQPlain``, and a token in the file.
        public var rocketMQ: HTTPAddress?
        /// The TLS of ``rocketMQ``; nil: with ``certificate`` when there is one, else self-signed.
        public var rocketMQTLS: RocketMQTLS?
        /// Whether RocketMQ clients may do without TLS beyond loopback too.
        public var isRocketMQPlain = false
        /// Where RocketMQ clients are sent, when that is not where they have come to.
        public var rocketMQAdvertised: [HTTPAddress] = []
        /// The shortest invisible time that a RocketMQ client may ask for; up to 12 hours.
        public var rocketMQInvisibleMin = Interval.seconds(1)
        /// The shortest wait of a RocketMQ client's receive, whatever it asks for; up to 20 seconds.
        public var rocketMQPollMin = Interval.seconds(1)
        /// The longest delay of a RocketMQ client's message; up to 366 days.
        public var rocketMQDelayMax = Interval.days(366)
        /// Operations that the program adds.
        public var addedOperations: [AddedOperation] = []
        /// Those of the modules that run here.
        package var operations: [WaybillAPI.Operation] = []
        /// Whether a file without a valid token may be signed in to with a code that ``ServedAt`` tells.
        package var offersFirstCode = false

        public init() {}
    }

    /// Two files in PEM. They are read again each minute and at SIGHUP; what cannot be used leaves the old pair in
    /// place.
    public struct Certificate: Hashable, Sendable {
        /// The path of the server's certificate, followed by those of its issuers.
        public var chain: String
        /// The path of its key, which not every user of the machine may read.
        public var key: String

        public init(chain: String, key: String) {
            self.chain = chain
            self.key = key
        }
    }

    /// With which certificate RocketMQ clients are served that ask for TLS.
    public enum RocketMQTLS: String, Hashable, Sendable, CaseIterable {
        /// One that is made at each start, for clients that do not ask whose it is.
        case selfSigned = "self-signed"
        /// That of the server.
        case certificate
        /// None: they are served without TLS.
        case off
    }

    /// Where a Unix socket is made whose users are the owners of the file.
    public enum SocketPlace: Hashable, Sendable {
        /// `FILE.sock`; none when the book is in memory, or its name would be too long for a socket.
        case besideFile
        case at(path: String)
        case off
    }

    /// - Parameter logger: where it says what it does and what goes wrong, for a program that has a log; nil: on
    ///   standard error, as the settings say.
    public init(_ book: OrderBook, settings: Settings = Settings(), logger: Logger? = nil) {
        self.book = book
        self.settings = settings
        self.logger = logger ?? settings.log.logger { book.now }
    }

    /// Serves until SIGTERM or SIGINT, or until its task is cancelled; what was asked before is answered.
    ///
    /// - Parameter onServing: told where it serves as soon as it does.
    /// - Throws: ``ServerFailure`` when it cannot serve so, when the file cannot be read, or when the book has stopped
    ///   after a failed commit.
    public func run(onServing: @escaping @Sendable (ServedAt) -> Void = { _ in }) async throws {
        // What was said is not lost with the process.
        defer { ServerLog.flush() }
        try settings.check(socket: socket, beside: book.path)
        if case .besideFile = settings.socket, socket == nil, let path = book.path {
            logger.warning("\(path).sock is too long for a socket, so there is none; name a shorter one")
        }
        let backups = try settings.backups.map { try BackupSchedule(book, $0) }
        let served = try served()
        let certificates = try settings.certificates()
        served.certificate = certificates.map { CertificateState(expires: $0.expires) }
        try await goOn(with: served)
        let api = API(served)
        let firstCode = firstCode(of: served)
        let pages = Pages(api, firstCode: firstCode, isSecure: certificates != nil || settings.isBehindProxy)
        let places = addresses.count + (settings.rocketMQ == nil ? 0 : 1)
        let running = RunningAddresses(count: places, isSecure: certificates != nil) { at in
            var at = at
            at.firstCode = firstCode?.text
            logger.notice("serves", metadata: at.described)
            book.tellServing(socket: at.socket.map { URL(fileURLWithPath: $0).path }, http: at.url)
            onServing(at)
        }
        defer { book.tellServing(socket: nil, http: nil) }
        var services: [any Service] = addresses.map { address in
            HTTPFace(
                api, at: address, settings: httpSettings, pages: pages,
                certificates: address.isTCP ? certificates : nil, logger: logger
            ) { port in
                if case .socket(let path) = address { SocketFile.leaveToItsUser(path) }
                running.add(address, port: port)
            }
        }
        if let address = settings.rocketMQ {
            services.append(
                try rocketMQ(served, at: address, certificates) { running.add(rocketMQ: address, port: $0) })
        }
        services.append(StoppedBook(served))
        if let certificates { services.append(CertificateWatch(certificates, served, logger)) }
        if let backups { services.append(BackupSchedule.Loop(schedule: backups)) }
        // Services stop in turn, the last one first: no new work before connections end.
        let signals = StopSignals()
        defer { signals.giveBack() }
        services.append(Gate(served, signals))
        var configuration = ServiceGroupConfiguration(
            services: services.map { service in
                ServiceGroupConfiguration.ServiceConfiguration(
                    service: service, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .milliseconds(settings.stopWithin.milliseconds)
        let group = ServiceGroup(configuration: configuration)
        // Cancelled means asked to stop: what was asked before is answered then too.
        do {
            try await withTaskCancellationHandler {
                try await Task { try await group.run() }.value
            } onCancel: {
                signals.areNotWaitedFor()
                Task { await group.triggerGracefulShutdown() }
            }
        } catch let failure as AddressFailure {
            throw ServerFailure(failure)
        } catch let failure as ListenFailure {
            throw ServerFailure(failure, at: settings.rocketMQ)
        }
        logger.notice("has stopped serving")
        // A commit may have failed while the last requests were answered.
        if let why = book.vitals.stopped { throw ServerFailure(.stopped, why) }
    }

    /// Goes on with the operations that the file has begun.
    private func goOn(with served: Served) async throws {
        do throws(Problem) {
            try await served.book.continueOperations()
        } catch {
            throw ServerFailure(.unreadable, "what the file has begun: \(Problem.withoutDefect(error.detail))")
        }
    }

    /// What signs in to the dashboard while the file has no valid token; nil: a token does.
    private func firstCode(of served: Served) -> FirstCode? {
        let hasToken = served.tokens.all.contains { $0.stands(at: book.now) }
        guard settings.offersFirstCode, !hasToken, !settings.isOpen else { return nil }
        return FirstCode(random: served.book.random, now: book.now)
    }

    /// The face for RocketMQ clients: the same book, tokens and rules as over HTTP.
    private func rocketMQ(
        _ served: Served, at address: HTTPAddress, _ certificates: Certificates?,
        onRunning: @escaping @Sendable (Int) -> Void
    ) throws -> GRPCServer {
        var rules = RocketMQSettings()
        rules.isOpen = settings.isOpen
        rules.newGroupsStart = settings.newGroupsStart
        rules.invisibleMin = settings.rocketMQInvisibleMin
        rules.pollMin = settings.rocketMQPollMin
        rules.delayMax = settings.rocketMQDelayMax
        rules.advertised = settings.rocketMQAdvertised.map { HostAndPort(host: $0.host, port: $0.port) }
        var server = GRPCServer.Settings(host: address.host, port: address.port)
        server.isPlain = settings.servesRocketMQPlain
        switch settings.usedRocketMQTLS {
        case .certificate: if let certificates { server.tls = { certificates.context } }
        case .selfSigned:
            let context = try SelfSigned.context(at: book.now.date)
            server.tls = { context }
        case .off: break
        }
        server.isServing = { [book] in
            let vitals = book.vitals
            return served.now == .ready && vitals.stopped == nil && !vitals.isDraining
        }
        server.seat = { [connections = served.connections] in CountedSeat(connections) }
        let face = RocketMQFace(book, tokens: served.tokens, settings: rules)
        served.rocketMQ = { RocketMQMetrics(face.numbers) }
        served.consumers = { group in
            face.consumers(of: group).mapValues { KnownConsumer(library: $0.library, heardAt: $0.heardAt) }
        }
        return face.server(server, logger: logger, onRunning: onRunning)
    }

    private var addresses: [HTTPFace.Address] {
        var addresses: [HTTPFace.Address] = []
        // The first one, which ends last: it says of a server that stops that it does.
        if let health = settings.health { addresses.append(.health(host: health.host, port: health.port)) }
        if let http = settings.http { addresses.append(.tcp(host: http.host, port: http.port)) }
        if let socket { addresses.append(.socket(path: socket)) }
        return addresses
    }

    /// The path of the socket; nil: there is none.
    private var socket: String? { settings.socket.path(beside: book.path) }

    private var httpSettings: HTTPSettings {
        var http = HTTPSettings()
        http.hosts = settings.hosts
        return http
    }

    private func served() throws -> Served {
        var serving = ServingSettings()
        serving.isOpen = settings.isOpen
        serving.version = settings.version
        if let http = settings.http, !http.isLoopback, settings.certificate == nil { serving.plainAddress = "\(http)" }
        serving.backupFolder = settings.backups.map { Backups.place($0.folder) }
        serving.operations = settings.operations + settings.addedOperations.map(\.operation)
        serving.newGroupsStart = settings.newGroupsStart
        serving.inWork.ofOne = settings.requestsInWorkMax
        serving.inWork.longPolls = settings.longPollsMax
        serving.operationsMax = settings.operationsMax
        serving.readTime = ReadTimeLimits(
            read: settings.readTime, page: Interval(milliseconds: settings.readTime.milliseconds / 2))
        serving.spans = RequestSpans.ofProgram
        serving.streams.all = settings.streamsMax
        serving.streams.ofOne = max(1, settings.streamsMax / 2)
        serving.connections.all = settings.connectionsMax ?? ProcessBounds.connectionsUsual
        let kept = try book.engine.accessTokens().compactMap { AccessToken($0) }
        try settings.checkReach(hasToken: kept.contains { $0.stands(at: book.now) }, of: book.path)
        let tokens = TokenTable(kept)
        return try Served(ServedBook(book), tokens: tokens, settings: serving)
    }
}

/// Where a server serves.
public struct ServedAt: Hashable, Sendable {
    /// With the port that it got; nil: not over TCP.
    public var http: HTTPAddress?
    /// Whether ``http`` is served with TLS.
    public var isSecure = false
    /// The path of the socket; nil: there is none.
    public var socket: String?
    /// Where RocketMQ clients are served, with the port that it got; nil: nowhere.
    public var rocketMQ: HTTPAddress?
    /// What signs in to the dashboard once, within a quarter of an hour; nil: a token does.
    package var firstCode: String?
    /// Where probes are answered, with the port that it got; nil: nowhere besides the others.
    public var health: HTTPAddress?

    /// The address as clients write it; nil: not over TCP.
    public var url: String? { http.map { "\(isSecure ? "https" : "http")://\($0)" } }

    fileprivate var described: Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        if let url { metadata["http"] = "\(url)" }
        if let socket { metadata["socket"] = "\(socket)" }
        if let rocketMQ { metadata["rocketmq"] = "\(rocketMQ)" }
        if let health { metadata["health"] = "\(health)" }
        return metadata
    }
}

extension HTTPFace.Address {
    fileprivate var isTCP: Bool {
        switch self {
        case .tcp: true
        case .socket, .health: false
        }
    }
}

/// Collects the addresses as they begin to serve, and tells when all do.
private final class RunningAddresses: Sendable {
    private let state: Mutex<(missing: Int, at: ServedAt)>
    private let onServing: @Sendable (ServedAt) -> Void

    init(count: Int, isSecure: Bool, _ onServing: @escaping @Sendable (ServedAt) -> Void) {
        var at = ServedAt()
        at.isSecure = isSecure
        state = Mutex((missing: count, at: at))
        self.onServing = onServing
    }

    func add(_ address: HTTPFace.Address, port: Int?) {
        add { at in
            switch address {
            case .tcp(let host, let asked): at.http = HTTPAddress(host: host, port: port ?? asked)
            case .health(let host, let asked): at.health = HTTPAddress(host: host, port: port ?? asked)
            case .socket(let path): at.socket = path
            }
        }
    }

    func add(rocketMQ address: HTTPAddress, port: Int) {
        add { $0.rocketMQ = HTTPAddress(host: address.host, port: port) }
    }

    private func add(_ note: (inout ServedAt) -> Void) {
        let all = state.withLock { state -> ServedAt? in
            note(&state.at)
            state.missing -= 1
            return state.missing == 0 ? state.at : nil
        }
        if let all { onServing(all) }
    }
}
