import ArgumentParser
import Foundation
import Histories
import Waybill
import WaybillAPI
import WaybillCore

/// `waybill restore`: an order book of a copy.
struct RestoreNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a new file of a backup, and check it from end to end.",
        discussion: """
            The backup stays as it is. The new file must not be there yet: move a damaged one away first. Where \
            BACKUP.digest is beside the backup, the new file must agree with it. Exit status 1 if anything is wrong \
            in the new file.

            With --at-event the new file has the orders and stocks as they were after that event: the journal up to \
            there is done again. What is cut off is counted. Consumer groups, messages that no order sent, tokens \
            and keys are not in it: see the page about backup and restore.

              waybill restore /backups/shop-20261130T130000Z.db shop.db
              waybill serve --db shop.db
            """)

    @Argument(help: "The backup.")
    var backup: String

    @Argument(help: ArgumentHelp("The file to make of it.", valueName: "new-file"))
    var file: String

    @Option(
        help: ArgumentHelp(
            "Only what happened up to this event: a number that `order history` prints.",
            valueName: "event"))
    var atEvent: Text?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        try OrderBookPlace.requireClosed(backup)
        try DatabaseFile(path: backup).requireExistence()
        if let atEvent {
            let number = atEvent.string.hasPrefix("e") ? String(atEvent.string.dropFirst()) : atEvent.string
            guard let event = Int64(number) else {
                throw CommandFailure("--at-event is the number of an event, not \(atEvent)", status: .misused)
            }
            return try await RestoreCut(backup: backup, file: file, event: Position(event), json: json).run()
        }
        let progress = ProgressLine()
        let made: BackupCopy
        do {
            made = try await DatabaseFile(path: backup).reading { book in
                try await book.backup(to: file) { progress.show($0.pagesDone, of: $0.pages, "copying") }
            }
            progress.clear()
        } catch let failure as BackupFailure {
            progress.clear()
            throw CommandFailure(failure)
        }
        let report = try verify(file)
        let expected = try digest(beside: backup)
        let differs = expected.map { $0 != report.digest } ?? false
        if json {
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("file", Text(file))
            writer.member("backup", Text(backup))
            writer.member("event", Text(made.last.text))
            writer.member("sound", report.isSound && !differs)
            writer.member("digest", Text(report.digest))
            writer.member("digest_of_backup", ifAny: expected.map { Text($0) })
            writer.member("finding_count", Int64(report.findingCount))
            writer.members("findings", report.findings) { $0.finding($1) }
            writer.endObject()
            writer.print()
        } else {
            Output.standard.line(
                "\(file.printable): restored from \(backup.printable), all up to event \(grouped(made.last.number))")
            VerifyText(report).write()
            if differs {
                Output.standard.line(
                    Style.red("\(backup).digest says other states: \(expected ?? "")".printable))
            }
        }
        if !report.isSound || differs { throw ExitCode(1) }
    }

    /// What was written beside a backup when it was made; nil: nothing was.
    private func digest(beside backup: String) throws(CommandFailure) -> String? {
        guard FileManager.default.fileExists(atPath: backup + ".digest") else { return nil }
        let lines = try WholeFile.text(backup + ".digest").split(separator: "\n")
        guard let digest = lines.first(where: { $0.hasPrefix("states ") })?.dropFirst("states ".count) else {
            throw CommandFailure("\(backup).digest has no line that begins with `states`; move it away to go without")
        }
        return String(digest)
    }
}
