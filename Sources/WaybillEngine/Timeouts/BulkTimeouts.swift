import WaybillBroker
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// One change of a timeout for every order that a filter finds, for example every unpaid order of shop 7, plus 15
/// minutes.
///
/// It is a job: a row that remembers how far it came. Each step handles one page of orders through the command handler
/// and moves the row on in the same write, so that after a crash it goes on with the first order that is not done, and
/// no order is changed twice. Orders placed after its start are not part of it.
package struct BulkTimeoutChange: Sendable {
    package var filter: OrderFilter
    package var name: TimeoutName
    package var action: TimeoutCommand.Action

    package init(_ action: TimeoutCommand.Action, _ name: TimeoutName, where filter: OrderFilter) {
        self.filter = filter
        // A job goes from the first order that there was to the last.
        self.filter.sequence = .oldestFirst
        self.name = name
        self.action = action
    }
}

/// How far a bulk change came.
package struct BulkTimeoutJob: Sendable {
    package let change: BulkTimeoutChange
    /// The last order that existed when it started.
    let end: StreamNumber
    /// Who started it over a server, and why; empty: a program that had the file open, and not said.
    package let by: Text
    package let reason: Text
    /// The trace context in which it was started: its events have the same.
    let trace: Text?
    /// How many orders it was about when it started; nil: there were too many to count first, or it was not asked.
    package let total: Int64?
    /// It goes on after the last order that it looked at.
    package fileprivate(set) var progress: JobProgress

    package var number: Int64 { progress.number }
    /// How many orders it has changed.
    package var changed: Int64 { progress.changed }
    package var isDone: Bool { progress.isDone }
    /// It does nothing until an operator resumes it.
    package var isPaused: Bool { progress.isPaused }
}

extension Engine {
    /// The kind of job rows.
    static let bulkTimeouts: Text = "timeouts"

    /// How many orders a change would touch now.
    package func count(_ change: BulkTimeoutChange) throws -> Int64 { try preview(change, sampleMax: 0).count }

    /// The same, with the first orders that it would touch.
    package func preview(
        _ change: BulkTimeoutChange, sampleMax: Int
    ) throws -> (count: Int64, sample: [OrderID]) {
        let found = try look(at: change, sampleMax: sampleMax, pagesMax: .max)
        return (found.count, found.sample)
    }

    /// How many orders a change is about; nil: there are too many to count them before it begins.
    package func total(of change: BulkTimeoutChange) throws -> Int64? {
        let found = try look(at: change, sampleMax: 0, pagesMax: Self.totalPagesMax)
        return found.isWhole ? found.count : nil
    }

    /// Pages that are looked at for a total.
    static let totalPagesMax = 10

    private func look(
        at change: BulkTimeoutChange, sampleMax: Int, pagesMax: Int
    ) throws -> (count: Int64, sample: [OrderID], isWhole: Bool) {
        var count: Int64 = 0
        var sample: [OrderID] = []
        var cursor = StreamNumber(0)
        for _ in 0..<pagesMax {
            let page = try store.read { snapshot in
                try snapshot.orders(matching: change.filter, from: cursor, limit: Self.pageMax)
            }
            for row in page.orders where try self.order(row, isPartOf: change) {
                count += 1
                if sample.count < sampleMax { sample.append(row.id) }
            }
            guard let next = page.next else { return (count, sample, true) }
            cursor = next
        }
        return (count, sample, false)
    }

    /// Writes a job down; nothing is changed before its first step.
    package func start(_ change: BulkTimeoutChange) async throws(Refusal) -> BulkTimeoutJob {
        switch try await start(change, by: Origin(caller: ""), form: { _ in "" }) {
        case .now(let job): job
        case .before: throw Refusal.oneRunOfJob
        }
    }

    /// The same for a caller outside: an event `$operation` of the journal says who, and why.
    ///
    /// - Parameters:
    ///   - total: how many orders it is about, where that was counted.
    ///   - runningMax: jobs of any kind that may run at a time.
    ///   - isOfServer: whether a server goes on with it by itself. If not, the row has no name, and it waits for the
    ///     program that began it.
    package func start(
        _ change: BulkTimeoutChange, total: Int64? = nil, by origin: Origin, runningMax: Int = .max,
        isOfServer: Bool = true, form: @escaping @Sendable (BulkTimeoutJob) -> Text
    ) async throws(Refusal) -> GivenAnswer<BulkTimeoutJob> {
        try await withWriter { writer in
            writer.ownWrite(for: origin, form: form) { write in
                try write.transaction.makeRoomForJob(runningMax: runningMax)
                let end = try write.transaction.journalEnd().position
                let caller = isOfServer ? origin.caller : ""
                let request = change.json(upTo: end, total, by: caller, of: origin)
                let number = try write.transaction.insertJob(
                    kind: Self.bulkTimeouts, request: Text(String(decoding: request, as: UTF8.self)), cursor: "0",
                    at: write.now)
                let job = BulkTimeoutJob(
                    change: change, end: StreamNumber(end.number), by: caller, reason: origin.reason,
                    trace: origin.trace, total: total, progress: JobProgress(number: number, at: write.now))
                if !origin.caller.isEmpty {
                    writer.broker.note(EngineJob.timeouts(job).act("started"), by: origin, in: write)
                    try writer.flush(in: write)
                }
                return job
            }
        }.get()
    }

    /// The jobs that were started and are neither done nor stopped, the oldest first.
    package func unfinishedBulkTimeouts() throws -> [BulkTimeoutJob] {
        var jobs: [BulkTimeoutJob] = []
        var walk = PageWalk(after: 0, by: \JobRow.number, limit: Self.pageMax)
        while let page = try walk.next({ last, limit in
            try store.read { snapshot in try snapshot.unfinishedJobs(after: last, limit: limit) }
        }) {
            jobs += try page.filter { $0.kind == Self.bulkTimeouts }.map(BulkTimeoutJob.init)
        }
        return jobs
    }

    /// Handles the next page of a job in one write.
    package func step(_ job: BulkTimeoutJob, limit: Int = 200) async throws(Refusal) -> BulkTimeoutJob {
        try await withWriter { writer in
            writer.ownWrite { [self] write in
                try write.transaction.check(stepOf: job.progress)
                var changed: Int64 = 0
                var failures = job.progress.failures
                var last: StreamNumber?
                let start = StreamNumber(job.progress.cursor)
                let page = try write.transaction.orders(matching: job.change.filter, from: start, limit: limit)
                for row in page.orders where row.number <= job.end {
                    guard try order(row, isPartOf: job.change) else { continue }
                    var command = TimeoutCommand(
                        job.change.action, job.change.name, of: row.id, caller: "job \(job.number)")
                    command.trace = job.trace
                    // More is overdue than this write may fire: the next one goes on with this order.
                    guard let answer = try writer.handler.handle(command, in: &write) else {
                        last = StreamNumber(row.number.number - 1)
                        break
                    }
                    switch answer {
                    case .accepted: changed += 1
                    case .refused(let refusal): failures.add(row.id.text, refusal)
                    }
                }
                try writer.handler.flush(in: write)
                let end = last ?? page.next ?? job.end
                var next = job
                next.progress.advance(
                    to: end.number, end: job.end.number, changing: changed, failures: failures, at: write.now)
                try write.transaction.advance(next.progress)
                return next
            }
        }.get()
    }

    /// Gives a job up; what it has changed stays changed.
    package func stop(_ job: BulkTimeoutJob) async throws(Refusal) {
        try await withWriter { writer in
            writer.ownWrite { write in
                guard let row = try write.transaction.job(job.number) else { return }
                _ = try write.transaction.stop(row, at: write.now)
            }
        }.get()
    }

    /// Whether the filter finds the order, and the timeout is pending.
    private func order(_ row: OrderRow, isPartOf change: BulkTimeoutChange) throws -> Bool {
        let workflow = try workflow(row.workflow)
        let order = try Order(row, under: workflow)
        return change.filter.finds(order, under: workflow) && order.timeouts.contains { $0.name == change.name }
    }
}

// MARK: What a job row says

extension BulkTimeoutJob {
    init(_ row: JobRow) throws {
        let progress = try JobProgress(row)
        do throws(JSONProblem) {
            let asked = try BulkTimeoutChange.read(Array(row.request.string.utf8))
            self.init(
                change: asked.change, end: StreamNumber(asked.end), by: asked.by, reason: asked.reason,
                trace: asked.trace, total: asked.total, progress: progress)
        } catch {
            throw row.damage("its request, byte \(error.offset): \(error.message)")
        }
    }
}

extension BulkTimeoutChange {
    /// `{"timeout":name,"extend":ms,"status":..,"workflow":..,"where":[[name,value]],"end":position}`; for other
    /// changes `"move":ms` or `"cancel":true`, and `"total":count` where it was counted. One from outside says
    /// `"by":..,"reason":..` and `"trace":..` too; one of an operator with the file closed says no `by`.
    fileprivate func json(upTo end: Position, _ total: Int64?, by caller: Text, of origin: Origin) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("timeout")
        writer.text(name.text)
        switch action {
        case .cancel:
            writer.key("cancel")
            writer.bool(true)
        case .extend(let interval):
            writer.key("extend")
            writer.int(interval.milliseconds)
        case .move(let moment):
            writer.key("move")
            writer.int(moment.milliseconds)
        }
        if let status = filter.status {
            writer.key("status")
            writer.text(status)
        }
        if let workflow = filter.workflow {
            writer.key("workflow")
            writer.text(workflow.text)
        }
        writer.key("where")
        writer.beginArray()
        for attribute in filter.attributes {
            writer.beginArray()
            writer.text(attribute.name)
            writer.text(attribute.value)
            writer.endArray()
        }
        writer.endArray()
        writer.key("end")
        writer.int(end.number)
        if let total {
            writer.key("total")
            writer.int(total)
        }
        if !caller.isEmpty {
            writer.key("by")
            writer.text(caller)
        }
        if !origin.caller.isEmpty {
            writer.key("reason")
            writer.text(origin.reason)
        }
        if let trace = origin.trace {
            writer.key("trace")
            writer.text(trace)
        }
        writer.endObject()
        return writer.bytes
    }

    fileprivate static func read(
        _ json: [UInt8]
    ) throws(JSONProblem) -> (
        change: BulkTimeoutChange, end: Int64, total: Int64?, by: Text, reason: Text, trace: Text?
    ) {
        var change = BulkTimeoutChange(.cancel, "", where: OrderFilter())
        var end: Int64 = 0
        var total: Int64?
        var (by, reason, trace): (Text, Text, Text?) = ("", "", nil)
        try JSONReader.read(json) { reader throws(JSONProblem) in
            try reader.object { key, reader throws(JSONProblem) in
                switch key.string {
                case "timeout": change.name = TimeoutName(try reader.text())
                case "cancel": change.action = try reader.bool() ? .cancel : change.action
                case "extend": change.action = .extend(by: Interval(milliseconds: try reader.int()))
                case "move": change.action = .move(to: Moment(milliseconds: try reader.int()))
                case "status": change.filter.status = try reader.text()
                case "workflow": change.filter.workflow = WorkflowName(try reader.text())
                case "where":
                    try reader.array { reader throws(JSONProblem) in
                        try reader.beginArray()
                        let name = try reader.text()
                        try reader.comma()
                        change.filter.attributes.append(.init(name, try reader.text()))
                        try reader.endArray()
                    }
                case "end": end = try reader.int()
                case "total": total = try reader.int()
                case "by": by = try reader.text()
                case "reason": reason = try reader.text()
                case "trace": trace = try reader.text()
                default: throw reader.problem("unknown key \(key)")
                }
            }
        }
        return (change, end, total, by, reason, trace)
    }
}
