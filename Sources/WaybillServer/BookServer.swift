import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals
public import Waybill
package import WaybillAPI
import WaybillAccess
public import WaybillCore
import WaybillEngine
import WaybillHTTP
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
        /// The host and port of TCP, loopback only; port 0: one that is free. Nil: none.
        public var http: HTTPAddress? = HTTPAddress(host: "127.0.0.1", port: 7_070)
        /// Where the owner of the file asks without a token, and the command line with `--db`.
        public var socket = SocketPlace.besideFile
        /// Names by which the server may be called besides its address and `localhost`.
        public var hosts: [String] = []
        /// Whether callers need no token.
        public var isOpen = false
        /// How long it may take to stop.
        public var stopWithin = Interval.seconds(10)
        /// What `/version` says.
        public var version = Release.version
        /// Which copies of the file it keeps; nil: none.
        public var backups: Backups?
        /// Where a group begins that is made by its first consumer; nil: a group must be made before it is used.
        public var newGroupsStart: GroupStart? = .oldest
        /// Operations besides those of the list.
        package var operations: [WaybillAPI.Operation] = []

        public init() {}
    }

    /// Where a Unix socket is made whose users are the owners of the file.
    public enum SocketPlace: Hashable, Sendable {
        /// `FILE.sock`; none when the book is in memory, or its name would be too long for a socket.
        case besideFile
        case at(path: String)
        case off
    }

    public init(_ book: OrderBook, settings: Settings = Settings()) {
        self.book = book
        self.settings = settings
        var logger = Logger(label: "waybill") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        self.logger = logger
    }

    /// Serves until SIGTERM or SIGINT, or until its task is cancelled; what was asked before is answered.
    ///
    /// - Parameter onServing: told where it serves as soon as it does.
    /// - Throws: ``ServerFailure`` when it cannot serve so, when the file cannot be read, or when the book has stopped
    ///   after a failed commit.
    public func run(onServing: @escaping @Sendable (ServedAt) -> Void = { _ in }) async throws {
        try settings.check(socket: socket, beside: book.path)
        let backups = try settings.backups.map { try BackupSchedule(book, $0) }
        let served = try served()
        do throws(Problem) {
            try await served.book.continueOperations()
        } catch {
            throw ServerFailure(.unreadable, "what the file has begun: \(Problem.withoutDefect(error.detail))")
        }
        let api = API(served)
        let running = RunningAddresses(count: addresses.count) { at in
            book.tellServing(
                socket: at.socket.map { URL(fileURLWithPath: $0).path }, http: at.http.map { "http://\($0)" })
            onServing(at)
        }
        defer { book.tellServing(socket: nil, http: nil) }
        var services: [any Service] = addresses.map { address in
            HTTPFace(api, at: address, settings: httpSettings, logger: logger) { port in
                if case .socket(let path) = address { SocketFile.leaveToItsUser(path) }
                running.add(address, port: port)
            }
        }
        services.append(StoppedBook(served))
        if let backups { services.append(BackupSchedule.Loop(schedule: backups)) }
        // Services stop in turn, the last one first: no new work before connections end.
        services.append(Gate(served))
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
                Task { await group.triggerGracefulShutdown() }
            }
        } catch let failure as AddressFailure {
            throw ServerFailure(failure)
        }
        // A commit may have failed while the last requests were answered.
        if let why = book.vitals.stopped { throw ServerFailure(.stopped, why) }
    }

    private var addresses: [HTTPFace.Address] {
        var addresses: [HTTPFace.Address] = []
        if let http = settings.http { addresses.append(.tcp(host: http.host, port: http.port)) }
        if let socket { addresses.append(.socket(path: socket)) }
        return addresses
    }

    /// The path of the socket; nil: there is none.
    private var socket: String? {
        switch settings.socket {
        case .off: return nil
        case .at(let path): return path
        case .besideFile:
            guard let socket = book.path.map({ $0 + ".sock" }) else { return nil }
            guard SocketPath.short(socket) != nil else {
                logger.warning("the path is too long for a socket, so there is none: \(socket)")
                return nil
            }
            return socket
        }
    }

    private var httpSettings: HTTPSettings {
        var http = HTTPSettings()
        http.hosts = settings.hosts
        return http
    }

    private func served() throws -> Served {
        var serving = ServingSettings()
        serving.isOpen = settings.isOpen
        serving.version = settings.version
        serving.backupFolder = settings.backups.map { Backups.place($0.folder) }
        serving.operations = settings.operations
        serving.newGroupsStart = settings.newGroupsStart
        let tokens = TokenTable(try book.engine.accessTokens().compactMap { AccessToken($0) })
        return try Served(ServedBook(book), tokens: tokens, settings: serving)
    }
}

/// Where a server serves.
public struct ServedAt: Hashable, Sendable {
    /// With the port that it got; nil: not over TCP.
    public var http: HTTPAddress?
    /// The path of the socket; nil: there is none.
    public var socket: String?
}

/// Collects the addresses as they begin to serve, and tells when all do.
private final class RunningAddresses: Sendable {
    private let state: Mutex<(missing: Int, at: ServedAt)>
    private let onServing: @Sendable (ServedAt) -> Void

    init(count: Int, _ onServing: @escaping @Sendable (ServedAt) -> Void) {
        state = Mutex((missing: count, at: ServedAt()))
        self.onServing = onServing
    }

    func add(_ address: HTTPFace.Address, port: Int?) {
        let all = state.withLock { state -> ServedAt? in
            switch address {
            case .tcp(let host, let asked): state.at.http = HTTPAddress(host: host, port: port ?? asked)
            case .socket(let path): state.at.socket = path
            }
            state.missing -= 1
            return state.missing == 0 ? state.at : nil
        }
        if let all { onServing(all) }
    }
}
