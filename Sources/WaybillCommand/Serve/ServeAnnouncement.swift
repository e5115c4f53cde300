import Foundation
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine
import WaybillServer
import WaybillStore

/// What `waybill serve` says when it takes requests: where, and what its operator should know.
struct ServeAnnouncement {
    let path: String
    let isOpen: Bool
    /// Files that the process may have open; 0: the system does not say.
    let openFiles: Int
    let log: ServerLog

    /// Says on standard error what is worth a look, and then in one line that requests are taken, and where.
    func say(_ at: ServedAt, of book: OrderBook) {
        for warning in warnings(at, book) { log.say(warning) { book.now } }
        ServerLog.flush()
        let rocketMQ = at.rocketMQ.map { "\($0) for RocketMQ clients" }
        let health = at.health.map { "http://\($0) for probes" }
        let places = [at.url, rocketMQ, health, at.socket].compactMap { $0 }
        let name = (path as NSString).lastPathComponent
        let files = openFiles > 0 ? ", up to \(openFiles) open files" : ""
        Output.standard.line(
            ("waybill serves \(name) at \(places.joined(separator: " and ")) "
                + "(durable, SQLite \(Store.sqliteVersion)\(files))").printable)
        if let url = at.url, let code = at.firstCode {
            Output.standard.line(
                "sign in at \(url) with the code \(code), once, within 15 minutes; later with a token".printable)
        }
        Output.standard.flush()
        if !SystemdNotice.ready() { Output.error.line("waybill: systemd could not be told at NOTIFY_SOCKET") }
    }

    /// What its operator should know.
    private func warnings(_ at: ServedAt, _ book: OrderBook) -> [String] {
        let isReachable = at.http != nil || at.rocketMQ != nil
        var warnings: [String] = []
        if isOpen { warnings.append("--open asks callers for no token") }
        if let http = at.http, !http.isLoopback, !at.isSecure {
            warnings.append("--behind-proxy serves \(http) without TLS: nothing but the proxy may reach it".printable)
        }
        if isReachable, !isOpen, !hasToken(book) {
            warnings.append(
                "there is no valid token yet; `waybill token create --db \(path) --name NAME --grant GRANT ".printable
                    + "--reason WHY` makes one, also while the server runs")
        }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & 0o077 != 0 {
            let mode = String(status.st_mode & 0o777, radix: 8)
            warnings.append(
                "others of this machine can open \(path) (mode \(mode)); `chmod 600 \(path)` ends that".printable)
        }
        return warnings
    }

    private func hasToken(_ book: OrderBook) -> Bool {
        do {
            return try book.engine.accessTokens().contains { AccessToken($0)?.stands(at: book.now) ?? false }
        } catch {
            // Each request that needs one will say so.
            return true
        }
    }
}
