import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// Which dead letters of a group are meant, when it is not all of them.
struct DeadLetterFilter: ParsableArguments {
    @Option(help: "Only those that were sent to this topic.")
    var topic: TopicName?

    @Option(help: ArgumentHelp("Only those whose reason has these words in it.", valueName: "words"))
    var why: Text?

    @Option(
        help: "Only those that died at this time or later: ISO 8601 or milliseconds since 1970.",
        transform: Moment.argument)
    var diedFrom: Moment?

    @Option(help: "Only those that died at this time or earlier.", transform: Moment.argument)
    var diedTo: Moment?

    var isEmpty: Bool { topic == nil && why == nil && diedFrom == nil && diedTo == nil }

    /// The field of a question.
    func write(to writer: inout JSONWriter) {
        writer.key("filter")
        writer.beginObject()
        writer.member("topic", ifAny: topic?.text)
        writer.member("why", ifAny: why)
        if let diedFrom { writer.member("died_from", diedFrom) }
        if let diedTo { writer.member("died_to", diedTo) }
        writer.endObject()
    }
}

/// `waybill dead-letter redrive`: a group gets its dead letters again.
struct RedriveDeadLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Give a group its dead letters again: first those that died again, then the oldest.",
        discussion: """
            Or only those of some ids; or all that a filter finds, which is an operation that goes on after a crash:

              waybill dead-letter redrive shipping booking-9 --db shop.db
              waybill dead-letter redrive shipping --topic order --why 'no such address' \\
                --dry-run --db shop.db
            """)

    /// As many as one request takes.
    private static let idsMax = 100

    @OptionGroup var file: WritingOptions
    @Argument(help: "The group.") var group: GroupName

    @Argument(help: "Ids of dead letters; without them, and without a filter, as many as --limit says.")
    var id: [Text] = []

    @OptionGroup var filter: DeadLetterFilter

    @Flag(help: "With a filter: only say how many it would give back.")
    var dryRun = false

    @Option(help: "How many at most, up to 1000; without it 1000.")
    var limit: Int?

    @OptionGroup var reason: ReasonOption

    func validate() throws {
        guard [!id.isEmpty, !filter.isEmpty, limit != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("Give ids, a filter, or --limit: one of them.")
        }
        if dryRun, filter.isEmpty { throw ValidationError("--dry-run is for a filter.") }
    }

    func run() async throws {
        if dryRun { return try await preview() }
        let outcome = try await file.acting { client in
            if !filter.isEmpty { return try await ServedJob(client.askAgain(filtered)).finish(client) }
            return BulkOutcome(changed: try await redriven(client), failed: 0, first: nil)
        }
        let count = outcome.changed
        file.answer(
            "\(counted(count, "dead letter")) of \(group) \(count == 1 && !id.isEmpty ? "comes" : "come") again"
        ) {
            writer in
            writer.member("group", group.text)
            writer.member("redriven", count)
            if outcome.failed > 0 { writer.member("failed", outcome.failed) }
        }
        guard let complaint = outcome.complaint else { return }
        if !file.json { Output.standard.line(complaint.printable) }
        throw ExitCode(1)
    }

    private func redriven(_ client: Client) async throws -> Int64 {
        guard !id.isEmpty else { return try await redriven(client) { $0.member("limit", Int64(limit ?? 1_000)) } }
        var (count, rest) = (Int64(0), id[...])
        while !rest.isEmpty {
            let some = Array(rest.prefix(Self.idsMax))
            rest = rest.dropFirst(some.count)
            count += try await redriven(client) { $0.members("ids", some) { $0.text($1) } }
        }
        return count
    }

    private func redriven(_ client: Client, _ which: (inout JSONWriter) -> Void) async throws -> Int64 {
        let question = try Question("redrive", group.text).with { writer in
            which(&writer)
            reason.write(to: &writer)
        }
        return try await client.askAgain(question).int("redriven")
    }

    private var filtered: Question {
        get throws {
            try Question("redrive", group.text).with { writer in
                filter.write(to: &writer)
                writer.member("dry_run", dryRun)
                reason.write(to: &writer)
            }
        }
    }

    private func preview() async throws {
        let found = try await file.asking { try await $0.ask(filtered) }
        let (count, sample) = (try found.int("letters"), try found.texts("sample"))
        guard !file.json else {
            return file.answer("") { writer in
                writer.member("group", group.text)
                writer.member("dry_run", true)
                writer.member("letters", count)
                writer.members("sample", sample) { $0.text($1) }
            }
        }
        Output.standard.line("\(counted(count, "dead letter")) of \(group) would come again".printable)
        if !sample.isEmpty {
            let rest = count > Int64(sample.count) ? " ..." : ""
            Details().wrapped("such as", sample.map(\.string.printable).joined(separator: " ") + rest)
        }
    }
}
