import ArgumentParser
import WaybillAPI
import WaybillClient
import WaybillCore

/// The options of a command about workflows that may look into an order book, and need not.
struct HeldTextOptions: ParsableArguments, DatabaseOptions {
    @Option(
        name: .customLong("db"),
        help: ArgumentHelp("The file whose texts are meant; a server that has it open is asked.", valueName: "file"))
    var named: String?

    @Option(
        help: ArgumentHelp(
            "A server to ask instead: http://127.0.0.1:7070 or https://, with WAYBILL_TOKEN, or unix:PATH.",
            valueName: "url"))
    var server: String?

    @Option(help: ArgumentHelp("A file with the token for --server.", valueName: "file"))
    var tokenFile: String?

    func validate() throws {
        if named != nil, server != nil { throw ValidationError("Give --db or --server, not both.") }
        if tokenFile != nil, server == nil { throw ValidationError("--token-file is for --server.") }
    }

    /// Whether an order book is named.
    var isGiven: Bool { named != nil || server != nil }

    /// A refusal is told in words, whatever form the answer has.
    var json: Bool { false }
    var place: OrderBookPlace { server.map { .server($0, tokenFile: tokenFile) } ?? .file(named ?? "") }
    var database: DatabaseFile { DatabaseFile(path: place.path) }
}

/// A workflow's text in an order book, without the text.
struct HeldText {
    let name: WorkflowName
    let version: Int64
    let hash: WorkflowHash
    /// Whether it takes the new orders of its name.
    let isCurrent: Bool
    let firstUsedAt: Moment

    init(_ members: Members) throws(ClientFailure) {
        name = WorkflowName(try members.text("id"))
        version = try members.int("version")
        hash = WorkflowHash(try members.text("hash"))
        isCurrent = try members.bool("takes_orders")
        firstUsedAt = try members.time("first_used_at")
    }
}

extension Client {
    /// Every workflow text of the order book, by name, the oldest of a name first.
    func heldTexts() async throws -> [HeldText] {
        try await list(Question("listWorkflows"), atMost: .max) { try HeldText($0) }
    }

    /// A text as it was given.
    func text(of held: HeldText) async throws -> [UInt8] {
        let question = try Question("showWorkflowVersion", held.name.text, held.hash.text)
        return try await reply(to: question.with(.accept, "application/yaml")).body
    }
}
