import ArgumentParser
import Foundation
import Histories
import Synchronization
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore
import WaybillServer

/// `waybill verify`: whether a file is whole, and everything in it what its journal says.
struct VerifyNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a file from end to end; exit status 1 if anything is wrong, with the place.",
        discussion: """
            Positions and versions without gaps, digests, every order the fold of its events, stock balanced and equal \
            to what orders hold, messages and timeouts what the events say, every other row as it was written; points, \
            coupons, carts, notices and gift packs what the orders say, where the file has these modules.

            Of a file that a server has open a backup is made beside it, checked, and removed: it needs as much room \
            again.
            """)

    @Argument(help: "The file; or name it with --db.")
    var path: String?

    @Option(
        name: .customLong("db"), help: ArgumentHelp("The file with the orders, or WAYBILL_DB.", valueName: "file"))
    var named: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if path != nil, named != nil { throw ValidationError("Name one file: as an argument, or with --db.") }
        if path == nil, named == nil, OrderBookPlace.usual == nil {
            throw ValidationError("Missing expected argument '<path>'")
        }
    }

    func run() async throws {
        let path = path ?? named ?? OrderBookPlace.usual ?? ""
        let report: VerifyReport
        if let client = try OrderBookPlace.file(path).client() {
            report = try await Self.verifyServed(path, client)
        } else {
            try DatabaseFile(path: path).requireExistence()
            report = try verify(path)
        }
        if json {
            var writer = JSONWriter()
            writer.report(report)
            writer.print()
        } else {
            VerifyText(report).write()
        }
        if !report.isSound { throw ExitCode(1) }
    }

    /// Checks a copy that the server of a file makes beside it, where there is room for it if anywhere.
    private static func verifyServed(_ path: String, _ client: Client) async throws -> VerifyReport {
        let copy = PassingCopy(at: URL(fileURLWithPath: "\(path).verify-\(getpid())").path, ServedBackup(client))
        defer { copy.remove() }
        // The copy is as large as the file: it does not stay when this command is interrupted either.
        return try await Interruption.cleaningUp({ await copy.giveUp() }) {
            do {
                try await copy.make()
            } catch let refused as Refused {
                throw CommandFailure(refused)
            } catch let failure as ClientFailure {
                throw CommandFailure(failure)
            }
            var report = try await copy.verified()
            report.file = path
            return report
        }
    }
}

/// A copy that a server makes for one check, and that goes with it.
private final class PassingCopy: Sendable {
    private static let reason: Text = "waybill verify"
    /// Between two looks whether the server still writes it, and how many there are.
    private static let pause = Interval(milliseconds: 50)
    private static let looksMax = 600

    private let path: String
    private let backup: ServedBackup
    /// The operation that makes it, once the server has told it, and whether it is whole.
    private let state = Mutex((operation: Text?.none, isWhole: false))

    init(at path: String, _ backup: ServedBackup) {
        self.path = path
        self.backup = backup
    }

    func make() async throws {
        _ = try await backup.make(path, because: Self.reason) { id in
            state.withLock { $0.operation = id }
        }
        state.withLock { $0.isWhole = true }
    }

    /// Checks it on a thread of the system: a task that waits for a signal goes on beside it.
    func verified() async throws -> VerifyReport {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { [path] in continuation.resume(with: Result { try verify(path) }) }
        }
    }

    /// Ends what makes it, and removes it. The server copies for up to a second before it sees that it is stopped, and
    /// a small copy is whole by then: it has its name only when it is written no more.
    func giveUp() async {
        var isStopped = false
        for _ in 1...Self.looksMax {
            let (operation, isWhole) = state.withLock { $0 }
            if !isStopped, !isWhole, let operation {
                await backup.stop(operation, because: "it was interrupted")
                isStopped = true
            }
            let isWritten = access(path + ".part", F_OK) == 0
            if !isWritten, isStopped || isWhole { break }
            await World.system.rest(Self.pause)
        }
        remove()
    }

    func remove() { for suffix in ["", ".lock"] { _ = unlink(path + suffix) } }
}

/// Checks a file, with a bar on a terminal.
func verify(_ path: String) throws -> VerifyReport {
    let progress = ProgressLine()
    var settings = Verify.Settings()
    settings.modules = ShippedModules.checked
    let report = try Verify(settings: settings).run(path) { stage, done, total in
        progress.show(done, of: total, "checking \(stage.rawValue)")
    }
    progress.clear()
    return report
}

/// What a check came to, for people.
struct VerifyText {
    private let report: VerifyReport

    init(_ report: VerifyReport) { self.report = report }

    func write() {
        let output = Output.standard
        let file = report.file.printable
        if report.isSound {
            output.line("\(file): " + Style.green("sound"))
        } else {
            output.line("\(file): " + Style.red(counted(report.findingCount, "finding")))
            for finding in report.findings { output.line("   \(finding.description)".printable) }
            let rest = report.findingCount - report.findings.count
            if rest > 0 { output.line("   ... and \(grouped(rest)) more") }
        }
        let details = Details(output)
        details.line(
            "checked",
            "\(counted(report.events, "event")), \(counted(report.messages, "message")), "
                + "\(counted(report.orders, "order")), \(counted(report.timeouts, "timeout")),")
        details.line(
            "",
            "\(counted(report.stocks, "stock")) with \(counted(report.movements, "movement")), in "
                + Interval(milliseconds: report.milliseconds).text)
        details.line("states", report.digest)
        if let held = report.timeoutsHeld { details.line("held", "timeouts, \(held)".printable) }
        details.lines("modules", report.modules.map(line))
        if report.ordersTakingSilenceForFailed > 0 {
            let orders = counted(report.ordersTakingSilenceForFailed, "order")
            details.wrapped(
                "upgrade",
                "\(orders) not ended under workflow texts in which a call that is not answered in time counts as "
                    + "failed: what is done late is done twice. Not damage; see Upgrading in the documentation.")
        }
        details.lines("note", report.modules.flatMap { module in module.notes.map(\.printable) })
    }

    private func line(_ module: VerifyReport.Module) -> String {
        let lag = module.owed == 0 ? "" : ", \(counted(module.owed, "message")) behind"
        return "\(module.name.printable): \(grouped(module.compared)) compared with the orders\(lag)"
    }
}

extension JSONWriter {
    fileprivate mutating func report(_ report: VerifyReport) {
        beginObject()
        member("file", Text(report.file))
        member("sound", report.isSound)
        member("schema_version", report.schemaVersion)
        member("workflows", Int64(report.workflows))
        member("events", Int64(report.events))
        member("orders", Int64(report.orders))
        member("stocks", Int64(report.stocks))
        member("movements", Int64(report.movements))
        member("messages", Int64(report.messages))
        member("timeouts", Int64(report.timeouts))
        member("attributes", Int64(report.attributes))
        member("digest", Text(report.digest))
        member("orders_taking_silence_for_failed", Int64(report.ordersTakingSilenceForFailed))
        members("modules", report.modules) { writer, module in
            writer.beginObject()
            writer.member("name", Text(module.name))
            writer.member("compared", Int64(module.compared))
            writer.member("owed", module.owed)
            writer.members("notes", module.notes) { $0.text(Text($1)) }
            writer.endObject()
        }
        member("timeouts_held", ifAny: report.timeoutsHeld.map { Text($0) })
        member("milliseconds", report.milliseconds)
        member("finding_count", Int64(report.findingCount))
        members("findings", report.findings) { $0.finding($1) }
        endObject()
    }

    /// As much of the place as applies.
    mutating func finding(_ finding: FileFinding) {
        beginObject()
        member("what", Text(finding.what))
        if let position = finding.position { member("event", position) }
        member("order", ifAny: finding.order.map { Text($0) })
        if let version = finding.version { member("version", version) }
        member("sku", ifAny: finding.sku.map { Text($0) })
        member("location", ifAny: finding.location.map { Text($0) })
        member("message", ifAny: finding.message.map { Text($0) })
        member("timeout", ifAny: finding.timeout.map { Text($0) })
        member("module", ifAny: finding.module.map { Text($0) })
        endObject()
    }
}
