import ArgumentParser
import Foundation
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill backup`: a copy of an order book, while it is served or closed.
struct BackupNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy a file with orders, also while a server has it open.",
        discussion: """
            The copy has everything that was acknowledged before its end, is synced to its disk and checked, and gets \
            its name only then: until it is whole it is called COPY.part. It replaces nothing. With --server the copy \
            is a file in the folder that the server was given with --backup-dir, and COPY is its name.

              waybill backup monday.db --db shop.db
              waybill restore monday.db new.db
            """)

    @Argument(help: ArgumentHelp("Where the copy is to be.", valueName: "copy"))
    var copy: String

    @OptionGroup var file: FileOptions

    @OptionGroup var reason: ReasonOption

    func run() async throws {
        guard try file.place.client() == nil else {
            let made = try await file.acting { client in
                try await ServedBackup(client).make(copy, because: reason.reason)
            }
            return say(copy, made.event, made.bytes)
        }
        let progress = ProgressLine()
        do {
            let made = try await file.database.reading { book in
                try await book.backup(to: copy) { progress.show($0.pagesDone, of: $0.pages, "copying") }
            }
            progress.clear()
            say(made.path, made.last, Int64(made.bytes))
        } catch let failure as BackupFailure {
            progress.clear()
            throw CommandFailure(failure)
        }
    }

    private func say(_ path: String, _ last: Position, _ bytes: Int64) {
        guard file.json else {
            return Output.standard.line(
                "\(path.printable): all up to event \(grouped(last.number)), \(counted(bytes, "byte"))")
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("file", Text(path))
        writer.member("event", Text(last.text))
        writer.member("bytes", bytes)
        writer.endObject()
        writer.print()
    }
}

/// A copy that a server makes.
struct ServedBackup {
    private let client: Client

    init(_ client: Client) { self.client = client }

    /// Has the copy made, and waits for it.
    ///
    /// - Parameters:
    ///   - path: its path, or for a server over TCP its name.
    ///   - onBegun: told the id of the operation that makes it.
    func make(
        _ path: String, because reason: Text?, onBegun: (Text) -> Void = { _ in }
    ) async throws -> (event: Position, bytes: Int64) {
        let file = client.isOwner ? URL(fileURLWithPath: path).path : path
        // Without a key: a path at which a file is already is refused at once, and never written down.
        let answer = try await client.ask(
            Question("backUp").with { writer in
                writer.member("file", Text(file))
                writer.member("reason", ifAny: reason)
            })
        let begun = try ServedJob(answer)
        onBegun(begun.id)
        let job = try await begun.ended(client)
        if let failure = job.failure { throw CommandFailure(failure.string) }
        guard let event = job.event, let bytes = job.bytes else {
            throw CommandFailure("the copy was given up by an operator", status: .negative)
        }
        return (event, bytes)
    }

    /// Gives a copy up that is not whole yet.
    func stop(_ operation: Text, because reason: Text) async {
        // The command ends in any case; what it leaves, `operation list` shows.
        do {
            _ = try await client.ask(Question("stopOperation", operation).with { $0.member("reason", reason) })
        } catch {}
    }
}

extension CommandFailure {
    /// Why there is no copy.
    init(_ failure: BackupFailure) { self = CommandFailure(failure.message).telling(Refused(failure)) }
}
