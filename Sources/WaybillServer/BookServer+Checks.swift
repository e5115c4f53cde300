import Foundation
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillHTTP

extension BookServer.Settings {
    /// Refuses what cannot be served, or must not be.
    ///
    /// - Parameters:
    ///   - socket: its path; nil: there is none.
    ///   - file: the path of the order book's file, which may not be there yet; nil: in memory.
    package func check(socket: String?, beside file: String?) throws(ServerFailure) {
        if let http, !http.isLoopback {
            guard certificate != nil || isBehindProxy else {
                throw ServerFailure(
                    .badSetting,
                    "\(http) is not loopback, and without TLS everyone on the way reads tokens: --tls-cert and "
                        + "--tls-key name a certificate and its key; --behind-proxy says that a proxy with TLS is all "
                        + "that reaches this address")
            }
            guard !isOpen else {
                throw ServerFailure(
                    .badSetting, "\(http) is not loopback, and --open asks for no token: serve without one of them")
            }
        }
        try checkNumbers()
        try checkCertificate()
        try checkRocketMQ()
        if let socket, SocketPath.short(socket) == nil {
            throw ServerFailure(
                .badSetting,
                "the path of the socket has \(socket.utf8.count) bytes, and \(SocketPath.bytesMax) are possible; "
                    + "name a shorter one")
        }
        guard http != nil || socket != nil || rocketMQ != nil else {
            throw ServerFailure(.badSetting, "there is neither an address nor a socket to serve at")
        }
        if let health, health.port != 0, [http, rocketMQ].contains(health) {
            throw ServerFailure(
                .badSetting,
                "probes are to be answered at \(health), and callers too: --health names an address of which others "
                    + "make no use")
        }
        try addedOperations.check(beside: API.operations + operations)
        try backups?.check(beside: file)
        guard let socket else { return }
        let own = file.map { file in ["", "-wal", "-shm", ".lock"].map { Self.place(file + $0) } } ?? []
        guard !own.contains(Self.place(socket)) else {
            throw ServerFailure(.badSetting, "\(socket) is a file of the order book; --socket names another path")
        }
        try SocketFile.check(socket)
    }

    /// Refuses to serve beyond this machine before there is a token, without which no caller could do anything.
    func checkReach(hasToken: Bool, of file: String?) throws(ServerFailure) {
        let reached = [http, rocketMQ].compactMap { $0 }.first { !$0.isLoopback }
        guard let reached, !hasToken else { return }
        throw ServerFailure(
            .badSetting,
            "\(reached) is not loopback, and there is no valid token yet: `waybill token create --db "
                + "\(file ?? "FILE") --name NAME --grant GRANT --reason WHY` makes one; serve then")
    }

    private func checkNumbers() throws(ServerFailure) {
        let numbers = [
            ("connections", connectionsMax ?? 1, 1), ("streams", streamsMax, 0), ("requests", requestsInWorkMax, 1),
            ("long polls", longPollsMax, 0), ("operations", operationsMax, 1),
        ]
        for (name, number, least) in numbers where number < least {
            throw ServerFailure(.badSetting, "\(number) \(name) cannot be served; \(least) is the least")
        }
        guard readTime.milliseconds > 1 else {
            throw ServerFailure(.badSetting, "\(readTime.milliseconds) ms is no time to read in; 2 ms is the least")
        }
        guard stopWithin.milliseconds > 0 else {
            throw ServerFailure(
                .badSetting, "\(stopWithin.milliseconds) ms is no time to stop within; 1 ms is the least")
        }
    }

    private func checkRocketMQ() throws(ServerFailure) {
        guard let rocketMQ else { return }
        let times = [
            ("rocketmq-invisible-min", rocketMQInvisibleMin, Interval(milliseconds: 1)...Interval.hours(12)),
            ("rocketmq-poll-min", rocketMQPollMin, Interval(milliseconds: 0)...Interval.seconds(20)),
            ("rocketmq-delay-max", rocketMQDelayMax, Interval(milliseconds: 1)...Interval.days(366)),
        ]
        for (name, time, possible) in times where !possible.contains(time) {
            throw ServerFailure(
                .badSetting,
                "\(time.text) is not possible for \(name): it is \(possible.lowerBound.text) to "
                    + "\(possible.upperBound.text)")
        }
        guard usedRocketMQTLS != .certificate || certificate != nil else {
            throw ServerFailure(
                .badSetting,
                "--rocketmq-tls certificate needs one: --tls-cert and --tls-key name it and its key; self-signed makes "
                    + "one at each start")
        }
        guard usedRocketMQTLS != .off || servesRocketMQPlain else {
            throw ServerFailure(
                .badSetting,
                "\(rocketMQ) is not loopback, and without TLS everyone on the way reads what is sent: --tls-cert and "
                    + "--tls-key name a certificate and its key; --rocketmq-plaintext serves without TLS all the same")
        }
        guard rocketMQ.isLoopback || !isOpen else {
            throw ServerFailure(
                .badSetting, "\(rocketMQ) is not loopback, and --open asks for no token: serve without one of them")
        }
    }

    /// The TLS with which RocketMQ clients are served.
    var usedRocketMQTLS: BookServer.RocketMQTLS { rocketMQTLS ?? (certificate == nil ? .selfSigned : .certificate) }

    /// Whether RocketMQ clients may do without TLS.
    var servesRocketMQPlain: Bool { isRocketMQPlain || rocketMQ?.isLoopback ?? true }

    private func checkCertificate() throws(ServerFailure) {
        guard certificate == nil || http != nil || rocketMQ != nil && usedRocketMQTLS == .certificate else {
            throw ServerFailure(.badSetting, "there is a certificate, and no address over TCP to serve with it")
        }
        _ = try certificates()
    }

    /// The certificate to serve with, as its files have it now; nil: it serves without TLS.
    func certificates() throws(ServerFailure) -> Certificates? {
        guard let certificate else { return nil }
        do throws(CertificateFailure) {
            return try Certificates(CertificateFiles(certificate: certificate.chain, key: certificate.key))
        } catch {
            throw ServerFailure(.badSetting, error.message)
        }
    }

    /// A path without links and dots, so that two can be compared.
    private static func place(_ path: String) -> String {
        let url = URL(fileURLWithPath: path)
        return url.deletingLastPathComponent().resolvingSymlinksInPath().appendingPathComponent(url.lastPathComponent)
            .path
    }
}
