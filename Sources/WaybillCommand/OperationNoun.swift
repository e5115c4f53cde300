import ArgumentParser
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill operation`: work that is done in many writes, and goes on where it stopped.
struct OperationNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operation", abstract: "List, show, pause, resume and stop changes that are made in many writes.",
        discussion: """
            A change of the timeouts of many orders is one, a redrive of the dead letters that a filter finds, and a \
            backup that a caller asked for. A server works at it, and goes on with it after a restart, unless it is \
            paused.
            """,
        subcommands: [
            ListOperations.self, ShowOperation.self, PauseOperation.self, ResumeOperation.self, StopOperation.self,
        ])
}

/// `waybill operation list`: the newest first.
struct ListOperations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List operations, the newest first, and how far they came.")

    @OptionGroup var file: FileOptions

    @Option(help: "How many at most.")
    var limit = 50

    func validate() throws {
        try ListLimit.check(limit)
    }

    func run() async throws {
        let found = try await file.asking { client in
            let question = try Question("listOperations")
            return try await client.list(question, atMost: limit, pagesOf: min(limit, Client.pageMax)) { $0 }
        }
        guard !file.json else {
            var writer = JSONWriter()
            writer.members(of: found)
            return writer.print()
        }
        guard !found.isEmpty else { return Output.standard.line(Style.dim("no operations")) }
        var table = TextTable([
            .init("OPERATION"), .init("STATE"), .init("CHANGED", isRightAligned: true), .init("STARTED"),
            .init("BY"), .init("WHAT"), .init("WHY"),
        ])
        for members in found {
            let job = try ServedJob(members)
            table.add([
                job.id.string, try members.text("state").string, grouped(job.changed),
                try members.time("started_at").iso8601, try members.text("by").string, job.what,
                try members.text("reason").string,
            ])
        }
        table.write()
    }
}

/// `waybill operation show`: how far it came.
struct ShowOperation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an operation and how far it came.")

    @OptionGroup var file: FileOptions

    @Argument(help: "The operation, as `operation list` shows it.")
    var id: Text

    func run() async throws {
        try file.answer(try await file.asking { try await $0.ask(Question("showOperation", id)) })
    }
}

/// `waybill operation pause`: it does nothing for a while.
struct PauseOperation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pause an operation until it is resumed, also over a restart.",
        discussion: "One that has ended is left as it is. A backup begins again when it is resumed.")

    @OptionGroup var file: WritingOptions

    @Argument(help: "The operation, as `operation list` shows it.")
    var id: Text

    @OptionGroup var reason: ReasonOption

    func run() async throws {
        let question = try Question("pauseOperation", id).with { reason.write(to: &$0) }
        try file.answer(try await file.acting { try await $0.ask(question) })
    }
}

/// `waybill operation stop`: it is given up.
struct StopOperation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Give an operation up; what it has changed stays changed.")

    @OptionGroup var file: WritingOptions

    @Argument(help: "The operation, as `operation list` shows it.")
    var id: Text

    @OptionGroup var reason: ReasonOption

    func run() async throws {
        let question = try Question("stopOperation", id).with { reason.write(to: &$0) }
        try file.answer(try await file.acting { try await $0.ask(question) })
    }
}

/// `waybill operation resume`: it goes on, to its end.
struct ResumeOperation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with an operation that was paused or interrupted, and wait for its end.",
        discussion: "One that has ended or was stopped is left as it is.")

    @OptionGroup var file: WritingOptions

    @Argument(help: "The operation, as `operation list` shows it.")
    var id: Text

    @OptionGroup var reason: ReasonOption

    func run() async throws {
        let question = try Question("resumeOperation", id).with { reason.write(to: &$0) }
        let ended = try await file.acting { client in
            let answer = try await client.ask(question)
            let job = try ServedJob(answer)
            guard job.isRunning else { return answer }
            _ = try await job.finish(client)
            return try await client.ask(Question("showOperation", id))
        }
        try file.answer(ended)
    }
}

extension DatabaseOptions {
    /// An operation in a few lines for people, or as it came for programs.
    fileprivate func answer(_ operation: Members) throws {
        guard !json else { return Output.standard.write(operation.bytes + [UInt8(ascii: "\n")]) }
        let job = try ServedJob(operation)
        Output.standard.line(Style.bold(job.id.string.printable) + "  \(try operation.text("state"))".printable)
        let details = Details()
        details.line("what", job.what.printable)
        details.line("changed", job.amount(job.changed))
        if let failure = job.failure { details.wrapped("failure", failure.string.printable) }
        let (by, reason) = (try operation.text("by").string, try operation.text("reason").string)
        details.line("by", by.printable)
        if !reason.isEmpty { details.wrapped("why", reason.printable) }
        details.line("started", try operation.time("started_at").iso8601)
        details.line("moved", try operation.time("changed_at").iso8601)
    }
}
