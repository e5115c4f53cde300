import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// Which timeout of which orders a command changes: one order by its id, or all that a filter finds.
struct TimeoutChangeOptions: ParsableArguments {
    @OptionGroup var file: WritingOptions

    @Argument(help: "One order's id; without it, every order that the filter finds.")
    var id: OrderID?

    @Option(help: "The timeout's name: `timeout list` shows it.")
    var name: TimeoutName

    @OptionGroup var filter: FilterOptions

    @Flag(help: "With a filter: only say how many orders it would change.")
    var dryRun = false

    @OptionGroup var reason: ReasonOption

    func validate() throws {
        if id != nil, !filter.isEmpty { throw ValidationError("Give an order's id or a filter, not both.") }
        if id != nil, dryRun { throw ValidationError("--dry-run is for a filter.") }
        if id == nil, filter.isEmpty {
            throw ValidationError("Say which orders: an id, or --status, --workflow, --where.")
        }
    }

    /// Does it, and says what came of it.
    func perform(_ action: TimeoutChange.Action, done: String) async throws {
        if let id {
            try await change(id, action, done: done)
        } else {
            try await changeMany(action, done: done)
        }
    }

    private func change(_ id: OrderID, _ action: TimeoutChange.Action, done: String) async throws {
        try await file.acting { client in
            do {
                let receipt = try await client.ask(try question(id, action).by("", on: client)).receipt()
                guard !file.json else {
                    var writer = JSONWriter()
                    writer.accepted(receipt)
                    return writer.print()
                }
                let order = try await client.order(id)
                let due = order?.timeouts.first { $0.name == name }.map { ", due at \($0.due.iso8601)" } ?? ""
                Output.standard.line("\(id): \(name) \(done)\(due), version \(receipt.version)".printable)
            } catch let refused as Refused {
                throw try refused.told(of: id, asJSON: file.json)
            }
        }
    }

    private func question(_ id: OrderID, _ action: TimeoutChange.Action) throws -> Question {
        let verb =
            switch action {
            case .cancel: "cancelTimeout"
            case .extend: "extendTimeout"
            case .move: "moveTimeout"
            }
        return try Question(verb, id.text, name.text).with { writer in
            switch action {
            case .cancel: break
            case .extend(let interval): writer.member("by", interval.milliseconds)
            case .move(let moment): writer.member("to", moment)
            }
            reason.write(to: &writer)
        }
    }

    private func changeMany(_ action: TimeoutChange.Action, done: String) async throws {
        if try file.place.client() != nil { return try await changeManyOnServer(action, done: done) }
        if dryRun {
            let count = try await file.database.reading { book in try book.countTimeouts(change(action, in: book)) }
            return report(count, isDryRun: true, sentence: "\(counted(count, "order")) would have \(name) \(done)")
        }
        let outcome = try await file.database.writing { book in
            if let other = try await book.unfinishedTimeoutJobs().first {
                throw CommandFailure(
                    "job \(other.number) was not finished (\(other.changed) orders done): "
                        + "`waybill timeout resume` finishes it, `waybill timeout resume --stop` gives it up")
            }
            return try await finish(
                try await book.startTimeoutJob(change(action, in: book), by: reason.origin), in: book)
        }
        try report(outcome, done)
    }

    /// The same as an operation of the server, whose end is awaited.
    private func changeManyOnServer(_ action: TimeoutChange.Action, done: String) async throws {
        let question = try BulkChange(action, name, where: filter.asked(), isDryRun: dryRun, because: reason).question
        let outcome = try await file.acting { client -> BulkOutcome? in
            guard !dryRun else {
                let count = try await client.ask(question).int("orders")
                report(count, isDryRun: true, sentence: "\(counted(count, "order")) would have \(name) \(done)")
                return nil
            }
            return try await ServedJob(client.askAgain(question)).finish(client)
        }
        if let outcome { try report(outcome, done) }
    }

    private func change(_ action: TimeoutChange.Action, in book: OrderBook) throws -> TimeoutChange {
        TimeoutChange(action, name, where: try filter.filter(in: book))
    }

    private func report(_ outcome: BulkOutcome, _ done: String) throws {
        let sentence = "\(name) of \(counted(outcome.changed, "order")) \(done)"
        report(outcome.changed, failed: outcome.failed, isDryRun: false, sentence: sentence)
        guard let complaint = outcome.complaint else { return }
        if !file.json { Output.standard.line(complaint.printable) }
        throw ExitCode(1)
    }

    private func report(_ count: Int64, failed: Int64 = 0, isDryRun: Bool, sentence: String) {
        guard file.json else { return Output.standard.line(sentence.printable) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("orders", count)
        if failed > 0 { writer.member("failed", failed) }
        writer.member("dry_run", isDryRun)
        writer.endObject()
        writer.print()
    }
}

/// Works a job off, and answers what it has come to.
func finish(_ job: TimeoutJob, in book: OrderBook) async throws -> BulkOutcome {
    var job = job
    let progress = ProgressLine()
    while !job.isDone {
        job = try await book.resume(job)
        progress.show("\(job.changed) orders changed")
    }
    progress.clear()
    return BulkOutcome(changed: job.changed, failed: job.failed, first: job.firstFailure)
}
