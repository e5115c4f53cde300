import WaybillBroker
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Dead letters of a group that are given back together, in many writes: those that a filter finds. Letters that die
/// after its start are not part of it.
package struct BulkRedrive: Hashable, Sendable {
    package var group: GroupName
    /// Only those that were sent to this topic.
    package var topic: TopicName?
    /// Only those whose reason has these words in it.
    package var why: Text?
    /// Only those that died then or later.
    package var from: Moment?
    /// Only those that died then or earlier.
    package var to: Moment?

    package init(
        _ group: GroupName, topic: TopicName? = nil, why: Text? = nil, from: Moment? = nil, to: Moment? = nil
    ) {
        self.group = group
        self.topic = topic
        self.why = why
        self.from = from
        self.to = to
    }

    /// Whether a letter waits for a redrive, and the filter finds it.
    func finds(_ letter: DeadLetter) -> Bool {
        letter.state == .dead && (topic.map { letter.topic == $0 } ?? true)
            && (why.map { letter.reason.string.contains($0.string) } ?? true)
            && (from.map { letter.diedAt >= $0 } ?? true) && (to.map { letter.diedAt <= $0 } ?? true)
    }
}

/// How far such a redrive came.
package struct BulkRedriveJob: Sendable {
    package let redrive: BulkRedrive
    /// Behind the newest letter that there was when it started.
    let end: Int64
    /// Who started it, and why.
    package let by: Text
    package let reason: Text
    /// How many letters it was about when it started; nil: there were too many to count first.
    package let total: Int64?
    /// It goes on with the first letter that it has not looked at.
    package fileprivate(set) var progress: JobProgress

    package var number: Int64 { progress.number }
    /// How many letters it has given back.
    package var changed: Int64 { progress.changed }
    package var isDone: Bool { progress.isDone }
}

extension Engine {
    /// The kind of job rows.
    static let bulkRedrive: Text = "redrive"

    /// How many letters would be given back now, and the first of them.
    package func preview(_ redrive: BulkRedrive, sampleMax: Int) throws -> (count: Int64, sample: [MessageID]) {
        let found = try look(for: redrive, sampleMax: sampleMax, pagesMax: .max)
        return (found.count, found.sample)
    }

    /// How many letters a redrive is about; nil: there are too many to count them before it begins.
    package func total(of redrive: BulkRedrive) throws -> Int64? {
        let found = try look(for: redrive, sampleMax: 0, pagesMax: Self.totalPagesMax)
        return found.isWhole ? found.count : nil
    }

    private func look(
        for redrive: BulkRedrive, sampleMax: Int, pagesMax: Int
    ) throws -> (count: Int64, sample: [MessageID], isWhole: Bool) {
        var count: Int64 = 0
        var sample: [MessageID] = []
        var next: Int64? = 0
        for _ in 0..<pagesMax {
            guard let from = next else { break }
            guard let page = try messages.deadLetters(of: redrive.group, from: from, limit: Self.pageMax) else {
                throw MessageRefusal.unknownGroup(redrive.group)
            }
            for letter in page.letters where redrive.finds(letter.letter) {
                count += 1
                if sample.count < sampleMax { sample.append(letter.letter.id) }
            }
            next = page.next
        }
        return (count, sample, next == nil)
    }

    /// Writes a job down for a caller outside; nothing is given back before its first step.
    package func start(
        _ redrive: BulkRedrive, total: Int64? = nil, by origin: Origin, runningMax: Int,
        form: @escaping @Sendable (BulkRedriveJob) -> Text
    ) async throws -> GivenAnswer<BulkRedriveJob> {
        try await withWriter { writer in
            writer.ownWrite(for: origin, form: form) { write in
                try write.transaction.makeRoomForJob(runningMax: runningMax)
                let end = try DeadLetterShelf.end(of: redrive.group, in: write.transaction) ?? 0
                let request = redrive.json(below: end, total, by: origin)
                let number = try write.transaction.insertJob(
                    kind: Self.bulkRedrive, request: Text(String(decoding: request, as: UTF8.self)), cursor: "0",
                    at: write.now)
                let job = BulkRedriveJob(
                    redrive: redrive, end: end, by: origin.caller, reason: origin.reason, total: total,
                    progress: JobProgress(number: number, at: write.now))
                writer.broker.note(EngineJob.redrive(job).act("started"), by: origin, in: write)
                try writer.flush(in: write)
                return job
            }
        }.get()
    }

    /// Gives back what the next page of a job has, in one write.
    package func step(_ job: BulkRedriveJob, limit: Int = 200) async throws -> BulkRedriveJob {
        // Before the turn to write: to find out when they died leads past their bodies, and those may be large. Whether
        // a letter still waits the write looks itself.
        let page = try await onThread { (engine) throws in
            try engine.messages.deadLetters(of: job.redrive.group, from: job.progress.cursor, limit: limit)
        }
        let meant = (page?.letters ?? []).filter { $0.offset < job.end && job.redrive.finds($0.letter) }
        let end = page?.next ?? job.end
        return try await withWriter { writer in
            writer.ownWrite { write in
                try write.transaction.check(stepOf: job.progress)
                var count = 0
                if !meant.isEmpty {
                    count = try writer.broker.redrive(
                        job.redrive.group, limit: limit, offsets: meant.map(\.offset), in: write
                    ).get()
                }
                try writer.flush(in: write)
                var next = job
                // What is not given back waits no more: it was given back by another, or is done.
                next.progress.advance(to: min(end, job.end), end: job.end, changing: Int64(count), at: write.now)
                try write.transaction.advance(next.progress)
                return next
            }
        }.get()
    }
}

// MARK: What a job row says

extension BulkRedriveJob {
    init(_ row: JobRow) throws {
        let progress = try JobProgress(row)
        do throws(JSONProblem) {
            let asked = try BulkRedrive.read(Array(row.request.string.utf8))
            self.init(
                redrive: asked.redrive, end: asked.end, by: asked.by, reason: asked.reason, total: asked.total,
                progress: progress)
        } catch {
            throw row.damage("its request, byte \(error.offset): \(error.message)")
        }
    }
}

extension BulkRedrive {
    /// `{"group":name,"topic":..,"why":..,"from":ms,"to":ms,"end":offset,"total":count,"by":..,"reason":..}`
    fileprivate func json(below end: Int64, _ total: Int64?, by origin: Origin) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("group")
        writer.text(group.text)
        if let topic {
            writer.key("topic")
            writer.text(topic.text)
        }
        if let why {
            writer.key("why")
            writer.text(why)
        }
        if let from {
            writer.key("from")
            writer.int(from.milliseconds)
        }
        if let to {
            writer.key("to")
            writer.int(to.milliseconds)
        }
        writer.key("end")
        writer.int(end)
        if let total {
            writer.key("total")
            writer.int(total)
        }
        writer.key("by")
        writer.text(origin.caller)
        writer.key("reason")
        writer.text(origin.reason)
        writer.endObject()
        return writer.bytes
    }

    fileprivate static func read(
        _ json: [UInt8]
    ) throws(JSONProblem) -> (redrive: BulkRedrive, end: Int64, total: Int64?, by: Text, reason: Text) {
        var redrive = BulkRedrive("")
        var end: Int64 = 0
        var total: Int64?
        var (by, reason): (Text, Text) = ("", "")
        try JSONReader.read(json) { reader throws(JSONProblem) in
            try reader.object { key, reader throws(JSONProblem) in
                switch key.string {
                case "group": redrive.group = GroupName(try reader.text())
                case "topic": redrive.topic = TopicName(try reader.text())
                case "why": redrive.why = try reader.text()
                case "from": redrive.from = Moment(milliseconds: try reader.int())
                case "to": redrive.to = Moment(milliseconds: try reader.int())
                case "end": end = try reader.int()
                case "total": total = try reader.int()
                case "by": by = try reader.text()
                case "reason": reason = try reader.text()
                default: throw reader.problem("unknown key \(key)")
                }
            }
        }
        return (redrive, end, total, by, reason)
    }
}
