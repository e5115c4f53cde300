import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

/// Operations on work that is done in many writes, and goes on where it stopped.
enum Operations {
    static let operations: [Operation] = [
        changeTimeouts, backUp, listOperations, showOperation, followOperation, resume, stop,
    ]

    static let schema = Schema.object([
        Field("operation", .text(), isRequired: true), Field("kind", .text(), isRequired: true),
        Field("state", .word(["running", "done", "stopped"]), isRequired: true),
        Field("timeout", .text(), "Which timeout of orders it changes."),
        Field("group", .text(), "Whose dead letters it gives back."),
        Field("file", .text(), "The name of the copy that it makes."),
        Field("event", .text(), "The last event that the whole copy is sure to have."),
        Field("bytes", .integer(), "The size of the whole copy."),
        Field("failure", .text(), "Why it came to nothing."),
        Field(
            "total", .nullable(.integer()),
            "How many it was about when it began; null: there were too many to count first, or the command line began "
                + "it.",
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

    static let listOperations = Operation(
        "listOperations", .get, "/v1/operations", "Lists operations, the newest first.", grant: Need(.viewer),
        query: PageRequest.parameters, answers: [Operation.Answer(200, "A page.", .page(schema))],
        problems: [.badCursor],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place, changeStep], .get("/v1/operations"), 200,
            "{\"items\":[\(shown)],\"next\":null,\"as_of\":\"e4\"}"),
        handler: { call throws(Problem) in
            let page = try PageRequest(call, of: "operations")
            let jobs = try await call.book.read { book in
                try book.engine.jobs(before: page.number ?? .max, limit: page.limit)
            }
            return page.reply(jobs, next: jobs.count == page.limit ? jobs.last?.number : nil) { $0.operation($1) }
        })

    static let showOperation = Operation(
        "showOperation", .get, "/v1/operations/{operation}", "Shows an operation and how far it came.",
        grant: Need(.viewer), answers: [Operation.Answer(200, "The operation.", schema)],
        problems: [.unknownOperation],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place, changeStep], .get("/v1/operations/o1"), 200, shown),
        handler: { call throws(Problem) in
            let job = try await job(of: call)
            return .json { $0.operation(job) }
        })

    static let resume = Operation(
        "resumeOperation", .post, "/v1/operations/{operation}/resume",
        "Goes on with an operation that was interrupted; one that runs or has ended is left alone.",
        grant: Need(.operator), key: .taken, body: .fields([reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(202, "It runs, or has ended.", schema)], problems: [.unknownOperation],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place, changeStep],
            Example.Step(.post, "/v1/operations/o1/resume", body: #"{"reason":"the machine is back"}"#), 202, shown),
        handler: { call throws(Problem) in
            let origin = call.origin(because: try call.neededReason(try call.fields()))
            let job = try await job(of: call)
            if !job.isDone, !job.isStopped, !call.book.jobs.contains(job.number) {
                try await call.book.ask { book in try await book.engine.audit(job.act("resumed"), by: origin) }
                try await JobRun.start(job, in: call.book)
            }
            let now = try await Self.job(of: call)
            return .json(202) { $0.operation(now) }
        })

    static let stop = Operation(
        "stopOperation", .post, "/v1/operations/{operation}/stop",
        "Gives an operation up; what it has changed stays changed.", grant: Need(.operator), key: .taken,
        body: .fields([reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "It does not run.", schema)], problems: [.unknownOperation],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place, changeStep],
            Example.Step(.post, "/v1/operations/o1/stop", body: #"{"reason":"a mistake"}"#), 200, shown),
        handler: { call throws(Problem) in
            let origin = call.origin(because: try call.neededReason(try call.fields()))
            let number = try await job(of: call).number
            let given = try await call.book.ask { book in
                try await book.engine.stop(number, by: origin) { "\($0)" }
            }
            let now = try await job(of: call)
            return .given(given.map { _ in now }) { $0.operation($1) }
        })

    private static let reason = Operation.reason

    static func job(of call: Call) async throws(Problem) -> EngineJob {
        let id = call.path("operation")
        if id.string.hasPrefix("o"), let number = Int64(id.string.dropFirst()), number > 0 {
            let job = try await call.book.read { book in try book.engine.job(number) }
            if let job { return job }
        }
        throw Problem(.unknownOperation, "there is no operation \(id)").with(["operation": .text(id.string)])
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
        }
        member("state", job.isDone ? "done" : job.isStopped ? "stopped" : "running")
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
