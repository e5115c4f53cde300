import ArgumentParser
import Waybill
import WaybillAPI
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
        let (answer, order) = try await file.database.writing { book in
            let answer =
                switch action {
                case .cancel: await Answer { try await book.cancelTimeout(name, of: id) }
                case .extend(let interval): await Answer { try await book.extendTimeout(name, of: id, by: interval) }
                case .move(let moment): await Answer { try await book.moveTimeout(name, of: id, to: moment) }
                }
            return (answer, try await book.order(id))
        }
        if file.json {
            var writer = JSONWriter()
            writer.answer(answer, to: id)
            writer.print()
        }
        switch answer {
        case .accepted(let receipt):
            guard !file.json else { return }
            let due = order?.timeouts.first { $0.name == name }.map { ", due at \($0.due.iso8601)" } ?? ""
            Output.standard.line("\(id): \(name) \(done)\(due), version \(receipt.version)".printable)
        case .refused(let refusal):
            guard !file.json else { throw ExitCode(CommandFailure.status(of: refusal.code).rawValue) }
            throw CommandFailure(refused: refusal.code, refusal.message)
        }
    }

    private func changeMany(_ action: TimeoutChange.Action, done: String) async throws {
        if dryRun {
            let count = try await file.database.reading { book in try book.countTimeouts(change(action, in: book)) }
            return report(count, isDryRun: true, sentence: "\(counted(count, "order")) would have \(name) \(done)")
        }
        let changed = try await file.database.writing { book in
            if let other = try await book.unfinishedTimeoutJobs().first {
                throw CommandFailure(
                    "job \(other.number) was not finished (\(other.changed) orders done): "
                        + "`waybill timeout resume` finishes it, `waybill timeout resume --stop` gives it up")
            }
            return try await finish(try await book.startTimeoutJob(change(action, in: book)), in: book)
        }
        report(changed, isDryRun: false, sentence: "\(name) of \(counted(changed, "order")) \(done)")
    }

    private func change(_ action: TimeoutChange.Action, in book: OrderBook) throws -> TimeoutChange {
        TimeoutChange(action, name, where: try filter.filter(in: book))
    }

    private func report(_ count: Int64, isDryRun: Bool, sentence: String) {
        guard file.json else { return Output.standard.line(sentence.printable) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("orders", count)
        writer.member("dry_run", isDryRun)
        writer.endObject()
        writer.print()
    }
}

/// Works a job off, and answers how many orders it has changed.
func finish(_ job: TimeoutJob, in book: OrderBook) async throws -> Int64 {
    var job = job
    let progress = ProgressLine()
    while !job.isDone {
        job = try await book.resume(job)
        progress.show("\(job.changed) orders changed")
    }
    progress.clear()
    return job.changed
}
