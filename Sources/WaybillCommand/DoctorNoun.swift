import ArgumentParser
import Foundation
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill doctor`: whether an order book is well, in the words of one table.
struct DoctorNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Look over an order book: disk, clock, lock, versions, permissions, lag; exit status 1 if one is bad.",
        discussion: """
            Each check is ok, warn or bad, and says what it saw. Of a closed file it tells what the file says; of a \
            served one also how its server does.

              waybill doctor --db shop.db
            """)

    @OptionGroup var file: FileOptions

    func run() async throws {
        var checks = file.place.isServer ? [] : try FileChecks(path: file.place.path).all()
        checks += try await file.asking { try await BookChecks($0, isHere: !file.place.isServer).all() }
        let worst = checks.map(\.word).max() ?? .ok
        file.json ? write(checks, worst) : print(checks)
        if worst == .bad { throw ExitCode(CommandFailure.Status.negative.rawValue) }
    }

    private func print(_ checks: [DoctorCheck]) {
        var table = TextTable([.init("CHECK"), .init("STATE"), .init("SEEN")])
        for check in checks { table.add([check.name, check.word.rawValue, check.seen]) }
        table.write()
    }

    private func write(_ checks: [DoctorCheck], _ worst: DoctorCheck.Word) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("word", Text(worst.rawValue))
        writer.members("checks", checks) { writer, check in
            writer.beginObject()
            writer.member("check", Text(check.name))
            writer.member("word", Text(check.word.rawValue))
            writer.member("seen", Text(check.seen))
            writer.endObject()
        }
        writer.endObject()
        writer.print()
    }
}

/// One thing that the doctor looks at.
struct DoctorCheck {
    enum Word: String, CaseIterable, Comparable {
        case ok, warn, bad

        static func < (left: Word, right: Word) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    let name: String
    let word: Word
    let seen: String

    init(_ name: String, _ word: Word, _ seen: String) {
        self.name = name
        self.word = word
        self.seen = seen
    }
}

/// What the file itself shows: who has it, and who could read it.
private struct FileChecks {
    let path: String

    func all() throws -> [DoctorCheck] {
        try DatabaseFile(path: path).requireExistence()
        return try [permissions(), lock(), disk()]
    }

    private func disk() throws -> DoctorCheck {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: path)
        let size = (attributes[.systemSize] as? NSNumber)?.int64Value ?? 0
        let free = (attributes[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
        let percent = size > 0 ? Int(Double(free) / Double(size) * 100) : 100
        return DoctorCheck(
            "disk", percent <= 5 ? .bad : percent <= 10 ? .warn : .ok, "\(percent) % free, \(grouped(free >> 20)) MiB")
    }

    private func permissions() throws -> DoctorCheck {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
        let text = String(mode, radix: 8)
        guard mode & 0o077 != 0 else { return DoctorCheck("permissions", .ok, "\(text): its owner only") }
        return DoctorCheck("permissions", .warn, "\(text): others can read or change it; `chmod 600` ends that")
    }

    private func lock() throws -> DoctorCheck {
        guard let process = OrderBookPlace.process(serving: path) else {
            return DoctorCheck("lock", .ok, "no server has it")
        }
        return DoctorCheck("lock", .ok, "served by \(process > 0 ? "process \(process)" : "a process")")
    }
}

/// What the order book says of itself, closed or served.
private struct BookChecks {
    /// A group whose oldest message waits for longer is worth a look.
    private static let lagMax = Interval.minutes(1)

    let client: Client
    /// Whether the file's disk is this machine's, and was looked at.
    let isHere: Bool

    init(_ client: Client, isHere: Bool) {
        self.client = client
        self.isHere = isHere
    }

    func all() async throws -> [DoctorCheck] {
        try await [versions()] + vitals() + lags() + [halfMessages()]
    }

    private func versions() async throws -> DoctorCheck {
        let version = try await client.ask(Question("version"))
        let schema = try version.intIfAny("schema").map { ", schema \($0)" } ?? ""
        return DoctorCheck("versions", .ok, "SQLite \(try version.text("sqlite"))\(schema)")
    }

    private func vitals() async throws -> [DoctorCheck] {
        let health = try await client.ask(Question("showHealth"))
        return try health.needed(health.object("vitals"), "vitals").all().filter {
            !isHere || $0.name != "disk_used_percent"
        }.map { name, vital in
            let word: DoctorCheck.Word = try vital.word("word")
            let value = try vital.json("value").map { json in
                json.first == UInt8(ascii: "\"")
                    ? try vital.text("value").string : String(decoding: json, as: UTF8.self)
            }
            // Of a number its bound; of a sentence what is wanted, which the word says already.
            let limit =
                vital.json("limit").flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
                .map { ", warns beyond \($0)" } ?? ""
            return DoctorCheck(name.string, word, (value ?? "").isEmpty ? "no" : "\(value ?? "")\(limit)")
        }
    }

    private func lags() async throws -> [DoctorCheck] {
        var checks: [DoctorCheck] = []
        for group in try await client.groups() {
            for lag in try await client.lag(of: group.name) {
                let isBehind = lag.oldest.map { $0 > Self.lagMax } ?? false
                var seen = ["\(counted(lag.messages, "message")) owed"]
                if let oldest = lag.oldest { seen.append("the oldest for \(oldest.rounded.text)") }
                if lag.dead > 0 { seen.append("\(counted(lag.dead, "dead letter"))") }
                if let reason = lag.heldBack { seen.append("takes nothing new: \(reason)") }
                checks.append(
                    DoctorCheck(
                        "lag of \(lag.group) on \(lag.topic)",
                        isBehind || lag.dead > 0 || lag.heldBack != nil ? .warn : .ok, seen.joined(separator: ", ")))
            }
        }
        return checks
    }

    /// Of the first thousand: there should be none in doubt.
    private func halfMessages() async throws -> DoctorCheck {
        let page = try await client.ask(Question("listHalfMessages").with("limit", Client.pageMax))
        let parked = try page.objects("items").map { try $0.halfMessage() }.count { $0.isParked }
        guard parked > 0 else { return DoctorCheck("half messages", .ok, "none in doubt") }
        return DoctorCheck("half messages", .warn, "\(parked) in doubt: `waybill half-message list --parked`")
    }
}
