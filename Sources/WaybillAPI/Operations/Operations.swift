import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

/// Operations on work that is done in many writes, and goes on where it stopped.
enum Operations {
    static let operations: [Operation] = [
        changeTimeouts, backUp, listOperations, showOperation, followOperation, pause, resume, stop,
    ]

    static let schema = Schema.object([
        Field("operation", .text(), isRequired: true), Field("kind", .text(), isRequired: true),
        Field("state", .word(["running", "paused", "done", "stopped"]), isRequired: true),
        Field("timeout", .text(), "Which timeout of orders it changes."),
        Field("group", .text(), "Whose dead letters it gives back."),
        Field("file", .text(), "The name of the copy that it makes."),
        Field("event", .text(), "The last event that the whole copy is sure to have."),
        Field("bytes", .integer(), "The size of the whole copy."),
        Field("failure", .text(), "Why it came to nothing."),
        Field(
            "total", .nullable(.integer()),
            "How many it was about when it began; null: there were too many to count first.",
            isRequired: true),
        Field("done", .integer(), "How many it has handled: changed and failed.", isRequired: true),
        Field(
            "changed", .integer(),
            "Orders that it has changed, letters that it has given back, or pages that it has copied.",
            isRequired: true),
        Field("failed", .integer(), "How many it found and could not change.", isRequired: true),
        Field(
            "sample",
            .array(
                .object([
                    Field("id", .text(), "The order or the message.", isRequired: true),
                    Field("code", .text(), "Of the refusal.", isRequired: true),
                    Field("detail", .text(bytesMax: 65_536), isRequired: true),
                ]), countMax: 20), "The first of those that failed, each with why.", isRequired: true),
        Field("by", .text(), "Who started it.", isRequired: true), Field("reason", .text(), isRequired: true),
        Field("started_at", .time, isRequired: true), Field("changed_at", .time, isRequired: true),
    ])

    static let shown = #"""
        {"operation":"o1","kind":"timeouts","state":"done","timeout":"pay_due","total":1,"done":1,"changed":1,
         "failed":0,"sample":[],"by":"owner","reason":"payments are down",
         "started_at":"2026-11-29T12:00:00Z","changed_at":"2026-11-29T12:00:00Z"}
        """#

    static func job(of call: Call) async throws(Problem) -> EngineJob {
        let id = call.path("operation")
        if id.string.hasPrefix("o"), let number = Int64(id.string.dropFirst()), number > 0 {
            let job = try await call.book.read { book in try book.engine.job(number) }
            if let job { return job }
        }
        throw Problem(.unknownOperation, "there is no operation \(id)").with(["operation": .text(id.string)])
    }
}

extension EngineJob {
    fileprivate var stateWord: Text {
        if isDone { return "done" }
        return isStopped ? "stopped" : isPaused ? "paused" : "running"
    }
}

extension JSONWriter {
    mutating func operation(_ job: EngineJob) {
        beginObject()
        member("operation", Text("o\(job.number)"))
        switch job {
        case .timeouts: member("kind", "timeouts")
        case .redrive: member("kind", "redrive")
        case .backup: member("kind", "backup")
        case .unreadable: member("kind", "unknown")
        }
        member("state", job.stateWord)
        switch job {
        case .timeouts(let job):
            member("timeout", job.change.name.text)
            progress(job.progress.changed, job.progress.failures, of: job.total)
            started(by: job.by, because: job.reason, job.progress.startedAt, job.progress.changedAt)
        case .redrive(let job):
            member("group", job.redrive.group.text)
            progress(job.progress.changed, job.progress.failures, of: job.total)
            started(by: job.by, because: job.reason, job.progress.startedAt, job.progress.changedAt)
        case .backup(let job):
            member("file", job.file)
            if case .whole(let last, let bytes) = job.end {
                member("event", Text(last.text))
                member("bytes", bytes)
            }
            member("failure", ifAny: job.failure)
            progress(job.pages, JobFailures(), of: nil)
            started(by: job.by, because: job.reason, job.startedAt, job.changedAt)
        case .unreadable(let job):
            member("failure", job.failure)
            progress(job.row.done, JobFailures(), of: nil)
            started(by: "", because: "", job.row.createdAt, job.row.changedAt)
        }
        endObject()
    }

    private mutating func progress(_ changed: Int64, _ failures: JobFailures, of total: Int64?) {
        key("total")
        if let total { int(total) } else { null() }
        member("done", changed + failures.count)
        member("changed", changed)
        member("failed", failures.count)
        members("sample", failures.sample) { writer, failure in
            writer.beginObject()
            writer.member("id", failure.id)
            writer.member("code", failure.code)
            writer.member("detail", failure.message)
            writer.endObject()
        }
    }

    private mutating func started(
        by caller: Text, because reason: Text, _ startedAt: Moment, _ changedAt: Moment
    ) {
        // A change that was begun on a closed file has no name: a server does not go on with it by itself.
        member("by", caller.isEmpty ? Principal.owner.name : caller)
        member("reason", reason)
        member("started_at", startedAt)
        member("changed_at", changedAt)
    }
}
