import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// A change of the timeouts of many orders, as a server is asked for it.
struct BulkChange {
    let question: Question

    init(
        _ action: TimeoutChange.Action, _ name: TimeoutName, where filter: OrderFilter, isDryRun: Bool,
        because reason: ReasonOption
    ) throws {
        question = try Question("changeTimeouts").with { writer in
            writer.key("filter")
            writer.beginObject()
            writer.member("status", ifAny: filter.status)
            writer.member("workflow", ifAny: filter.workflow?.text)
            writer.key("attributes")
            writer.beginObject()
            for attribute in filter.attributes {
                writer.key(named: attribute.name)
                writer.text(attribute.value)
            }
            writer.endObject()
            writer.endObject()
            writer.member("name", name.text)
            writer.key("action")
            writer.beginObject()
            switch action {
            case .cancel: writer.member("cancel", true)
            case .extend(let interval): writer.member("extend", interval.milliseconds)
            case .move(let moment): writer.member("move", moment)
            }
            writer.endObject()
            writer.member("dry_run", isDryRun)
            reason.write(to: &writer)
        }
    }
}

/// What a change in many writes has come to.
struct BulkOutcome {
    let changed: Int64
    /// Orders that it found and could not change.
    let failed: Int64
    /// The first of them, and why.
    let first: String?
    /// What it counts, one of it.
    var item = "order"

    /// What there is to say besides how many were changed; nil: nothing.
    var complaint: String? {
        guard failed > 0 else { return nil }
        return "\(counted(failed, item)) could not be changed" + (first.map { "; the first: \($0)" } ?? "")
    }
}

/// A change in many writes that an order book works off.
struct ServedJob {
    /// What it works at.
    private enum Work {
        case timeouts(Text)
        case redrive(of: Text)
        case backup(to: Text)
        /// Of a newer release.
        case unknown(Text)

        init(_ members: Members) throws(ClientFailure) {
            switch try members.text("kind") {
            case "timeouts": self = .timeouts(try members.text("timeout"))
            case "redrive": self = .redrive(of: try members.text("group"))
            case "backup": self = .backup(to: try members.text("file"))
            case let kind: self = .unknown(kind)
            }
        }

        var title: String {
            switch self {
            case .timeouts(let name): "timeout \(name) of orders"
            case .redrive(let group): "dead letters of \(group)"
            case .backup(let file): "backup to \(file)"
            case .unknown(let kind): "\(kind)"
            }
        }

        /// What it counts, one of it.
        var item: String {
            switch self {
            case .timeouts: "order"
            case .redrive: "dead letter"
            case .backup: "page"
            case .unknown: "item"
            }
        }

        /// What becomes of it.
        var verb: String {
            switch self {
            case .timeouts, .redrive, .unknown: "changed"
            case .backup: "copied"
            }
        }

        /// A job that has not moved for this time is not being worked on. At its end a copy is synced and checked,
        /// which moves nothing.
        var standstillMax: Interval {
            switch self {
            case .timeouts, .redrive, .unknown: .seconds(60)
            case .backup: .minutes(15)
            }
        }
    }

    /// Between two looks at how far it came.
    private static let pause = Interval(milliseconds: 100)

    let id: Text
    let number: Int64
    let changed: Int64
    let isRunning: Bool
    private let isStopped: Bool
    /// It does nothing until an operator resumes it.
    let isPaused: Bool
    private let outcome: BulkOutcome
    private let work: Work
    /// Why it came to nothing; nil: it did not.
    let failure: Text?
    /// Of a copy that is whole: the last event that it is sure to have, and its size.
    let event: Position?
    let bytes: Int64?
    private let changedAt: Moment

    init(_ members: Members) throws(ClientFailure) {
        id = try members.text("operation")
        guard let number = Int64(id.string.dropFirst()) else {
            throw ClientFailure(.unreadable, "the answer names the operation '\(id)'")
        }
        self.number = number
        changed = try members.int("changed")
        let state = try members.text("state")
        isRunning = state == "running"
        isStopped = state == "stopped"
        isPaused = state == "paused"
        changedAt = try members.time("changed_at")
        work = try Work(members)
        event = try members.position("event")
        bytes = try event == nil ? nil : members.int("bytes")
        let sample = try members.objects("sample")
        outcome = BulkOutcome(
            changed: changed, failed: try members.int("failed"),
            first: try sample.first.map { (failure) throws(ClientFailure) in
                "\(try failure.text("id")): \(try failure.text("detail"))"
            }, item: work.item)
        failure = try members.textIfAny("failure")
    }

    /// What it changes, in a few words.
    var what: String { work.title }

    /// `2 orders`, `2 dead letters` or `2 pages`.
    func amount(_ count: Int64) -> String { counted(count, work.item) }

    /// How to finish it, or to give it up.
    private var ways: String {
        if case .timeouts = work {
            return "`waybill timeout resume` finishes it, `waybill timeout resume --stop` gives it up"
        }
        return "`waybill operation resume \(id)` finishes it, `waybill operation stop \(id)` gives it up"
    }

    /// Waits for its end, and answers what it has come to.
    func finish(_ client: Client) async throws -> BulkOutcome {
        let job = try await ended(client)
        guard !job.isStopped else {
            throw CommandFailure("job \(number) was given up, \(job.amount(job.changed)) changed", status: .negative)
        }
        return job.outcome
    }

    /// Waits for its end.
    func ended(_ client: Client) async throws -> ServedJob {
        let world = World.system
        let progress = ProgressLine()
        defer { progress.clear() }
        var job = self
        var movedAt = world.uptime()
        while job.isRunning {
            progress.show("\(job.amount(job.changed)) \(work.verb)")
            await world.rest(Self.pause)
            let next = try await ServedJob(client.ask(Question("showOperation", id)))
            if next.changedAt != job.changedAt || next.changed != job.changed { movedAt = world.uptime() }
            job = next
            guard world.uptime() - movedAt < work.standstillMax else {
                throw CommandFailure(
                    "job \(number) does not go on (\(job.amount(job.changed)) done): " + ways)
            }
        }
        guard !job.isPaused else {
            throw CommandFailure(
                "job \(number) is paused (\(job.amount(job.changed)) \(work.verb)): "
                    + "`waybill operation resume \(id)` goes on with it", status: .negative)
        }
        return job
    }
}

extension Client {
    /// Asks, and once more when no answer comes: under a key of this command alone, so that it is done once.
    func askAgain(_ question: Question) async throws -> Members {
        // An order book in this process answers in any case.
        let random = World.system.random
        let question = isInProcess ? question : question.with(.idempotencyKey, Text("cli-" + random().hexadecimal))
        do {
            return try await ask(question)
        } catch let failure as ClientFailure where failure.kind == .unknown {
            return try await ask(question)
        }
    }
}
