import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill audit`: who did what outside of orders and stock, and why.
struct AuditNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "List the last acts of operators, and what the engine tells of itself.",
        discussion: """
              waybill audit --db shop.db
              waybill audit --type '$look_back' --caller ops-eva --db shop.db
            """)

    @OptionGroup var file: FileOptions

    @Option(help: "Only acts of this type, for example $topic or $hold.")
    var type: Text?

    @Option(help: "Only acts of this caller.")
    var caller: Text?

    @Option(help: "Only acts of this time or later: ISO 8601 or milliseconds since 1970.", transform: Moment.argument)
    var from: Moment?

    @Option(help: "How many of the last at most.")
    var limit = 50

    func validate() throws {
        try ListLimit.check(limit)
    }

    func run() async throws {
        let acts = try await file.asking { client in
            let question = try Question("listAudits").with("type", type).with("caller", caller)
                .with("from", from.map { Text($0.iso8601) }).with("order", "newest")
            // Of many acts few may be of a type or a caller.
            let pageSize = type == nil && caller == nil ? min(limit, Client.pageMax) : Client.pageMax
            let newest: [Members] = try await client.list(question, atMost: limit, pagesOf: pageSize) { $0 }
            if newest.isEmpty, type != nil { try await client.ask(question.with("limit", 1)).unknownNames().tell() }
            return Array(newest.reversed())
        }
        guard !file.json else {
            var writer = JSONWriter()
            writer.members(of: acts)
            return writer.print()
        }
        guard !acts.isEmpty else { return Output.standard.line(Style.dim("no acts")) }
        var table = TextTable([.init("AT"), .init("TYPE"), .init("CALLER"), .init("EVENT"), .init("ABOUT")])
        for act in acts {
            table.add([
                try act.time("at").iso8601, try act.text("type").string, try act.text("caller").string,
                try act.text("event").string, String(decoding: try act.needed("about"), as: UTF8.self),
            ])
        }
        table.write()
    }
}
