import ArgumentParser
import Waybill
import WaybillAPI
import WaybillCore

/// `waybill recover`: what is before the damage of a log, after an opening was refused for it.
struct RecoverNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Keep of a file with a damaged log what is before the damage.",
        discussion: """
            For a file whose opening is refused because FILE-wal is damaged. The log is moved aside, to \
            FILE-wal.damaged-1; what is before the damage stays in FILE; an event $recovered of the journal says so. \
            What lay behind the damage is lost to the file: restore a backup instead, if there is a newer one.
            """)

    @Argument(help: "The file.")
    var path: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        try OrderBookPlace.requireClosed(path)
        try DatabaseFile(path: path).requireExistence()
        let recovery = try OrderBook.recover(path)
        if json { return printJSON(recovery?.lastEvent, recovery?.lostCommits, recovery?.movedTo) }
        let output = Output.standard
        guard let recovery else {
            output.line("\(path.printable): its log is not damaged, nothing was changed")
            return
        }
        let last = recovery.lastEvent.map { $0 == 0 ? "no event" : "all up to event \(grouped($0))" } ?? "everything"
        output.line("\(path.printable): \(last) is kept, \(counted(recovery.lostCommits, "commit")) behind it lost")
        Details(output).line("log", recovery.movedTo.printable)
        output.line("Check it now: waybill verify \(path.printable)")
    }

    private func printJSON(_ last: Int64?, _ lost: Int?, _ log: String?) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("file", Text(path))
        writer.member("recovered", log != nil)
        if let last { writer.member("last_event", last) }
        if let lost { writer.member("lost_commits", Int64(lost)) }
        writer.member("log", ifAny: log.map { Text($0) })
        writer.endObject()
        writer.print()
    }
}
