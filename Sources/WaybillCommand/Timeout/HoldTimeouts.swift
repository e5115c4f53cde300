import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill timeout hold`: nothing of orders fires until it is released.
struct HoldTimeouts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Hold all timeouts of orders and deadlines of calls until they are released.",
        discussion: """
            After an outage, look first: hold, see what is overdue, extend or cancel it, then release.

              waybill timeout hold --reason 'payments were down from 9 to 12' \\
                --db shop.db
              waybill timeout extend --status 'awaiting payment' --name pay_due --by 4h \\
                --db shop.db
              waybill timeout release --db shop.db

            Messages, redeliveries and questions about half messages go on.
            """)

    @OptionGroup var file: FileOptions

    @Option(help: "Why; shown wherever the hold is.")
    var reason: String = ""

    @Option(help: "Who holds them: operator, or the holder of the token.")
    var by: Text?

    /// Nothing fires between the opening and the hold.
    private var held: DatabaseFile {
        var database = file.database
        database.holds = reason
        database.showsHold = false
        return database
    }

    func run() async throws {
        let hold = try await file.acting(on: held) { client in
            let question = try Question("holdTimeouts").with { $0.member("reason", Text(reason)) }
            return try await client.ask(question.by(by, usual: "operator", on: client)).hold()
        }
        if file.json {
            var writer = JSONWriter()
            writer.hold(hold)
            writer.print()
        } else {
            Output.standard.line(hold.sentence)
        }
    }
}

/// `waybill timeout release`: what is overdue fires, in order of its due times.
struct ReleaseTimeouts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let timeouts fire again; overdue ones do so in order of their due times.")

    @OptionGroup var file: FileOptions

    @Option(help: "Why; kept in the audit.")
    var reason: String = ""

    @Option(help: "Who releases them: operator, or the holder of the token.")
    var by: Text?

    func run() async throws {
        let wasHeld = try await file.acting { client in
            let question = try Question("releaseTimeouts").with { $0.member("reason", Text(reason)) }
            return try await client.ask(question.by(by, usual: "operator", on: client)).bool("released")
        }
        if file.json {
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("released", wasHeld)
            writer.endObject()
            writer.print()
        } else {
            Output.standard.line(wasHeld ? "released" : "nothing was held")
        }
    }
}

extension TimeoutHold {
    /// `timeouts are held by ops since 2026-09-01T09:00:00Z: why; waybill timeout release ends it`
    var sentence: String {
        let end = until.map { ", until \($0.iso8601)" } ?? ""
        let reason = why.isEmpty ? "" : ": \(why)"
        return "timeouts are held by \(heldBy) since \(since.iso8601)\(end)\(reason); ".printable
            + "`waybill timeout release` lets them fire"
    }
}
