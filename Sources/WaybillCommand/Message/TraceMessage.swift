import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill message trace`: what is known of one message, and what cannot be known.
struct TraceMessage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Show where a message stands, for every group.",
        discussion: """
            What the file says: born, stored, done or not for each group, redelivered, dead. Who had it and when is \
            kept in the memory of the process that delivers, and the answer says how far back that reaches.

              waybill message trace e42-0 --db shop.db
            """)

    @OptionGroup var file: FileOptions
    @Argument(help: "The message's id, as `message send`, `receive` and `find` print it.") var id: Text

    func run() async throws {
        let traces = try await file.asking { client in
            try await client.find(Question("traceMessage", id))?.objects("items").map { try $0.trace() } ?? []
        }
        file.json ? write(traces) : print(traces)
        if traces.isEmpty { throw ExitCode(1) }
    }

    private func print(_ traces: [MessageTrace]) {
        if traces.isEmpty { Output.standard.line(Style.dim("nothing found")) }
        for trace in traces {
            Output.standard.line(Style.bold(trace.id.description.printable) + "  \(trace.topic)".printable)
            let details = Details()
            details.line("born", trace.bornAt.iso8601)
            details.line("stands", trace.standing.words)
            let groups = trace.groups.sorted { $0.key < $1.key }
            let columns = groups.map { $0.key.description.printable.columns }.max() ?? 0
            details.lines(
                "groups", groups.map { $0.key.description.printable.padded(toColumns: columns + 2) + $0.value.words })
            details.lines(
                "seen",
                trace.happenings.map { happening in
                    "\(happening.at.iso8601)  \(happening.kind.rawValue) to \(happening.client) of \(happening.group), "
                        .printable + "delivery \(happening.attempt)"
                })
            details.wrapped(
                "memory",
                "of deliveries reaches back to \(trace.happeningsSince.iso8601), when this process opened the file")
        }
    }

    private func write(_ traces: [MessageTrace]) {
        var writer = JSONWriter()
        writer.beginArray()
        for trace in traces { writer.trace(trace) }
        writer.endArray()
        writer.print()
    }
}

extension MessageTrace.Standing {
    fileprivate var words: String {
        switch self {
        case .delayed(let until): "delayed until \(until.iso8601)"
        case .half(let checks, false): "a half message, undecided; its producer was asked \(counted(checks, "time"))"
        case .half(let checks, true):
            "a half message in doubt, parked after \(counted(checks, "question")): `waybill half-message list`"
        case .visible(let since): "stored, and visible since \(since.iso8601)"
        case .recalled(let at): "recalled at \(at.iso8601): no consumer gets it"
        case .rolledBack(let at): "rolled back at \(at.iso8601): no consumer gets it"
        }
    }
}

extension MessageTrace.GroupStanding {
    fileprivate var words: String {
        switch self {
        case .waiting: "waits"
        case .started: "may have been handed out, and is not done"
        case .comesAgain(let attempt, let at):
            "comes again \(at.map { "at \($0.iso8601)" } ?? "as soon as it can"), \(Self.deliveries(attempt)) so far"
        case .parked(let attempt): "parked, after \(Self.deliveries(attempt))"
        case .dead: "dead: `waybill dead-letter list`"
        case .finished: "done"
        case .notSubscribed: "not subscribed to"
        }
    }

    private static func deliveries(_ count: Int64) -> String { count == 1 ? "1 delivery" : "\(count) deliveries" }
}
