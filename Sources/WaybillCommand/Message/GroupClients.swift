import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill group clients`: who consumes for a group right now.
struct ShowGroupClients: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clients", abstract: "Show which clients consume for a group: what they are and what they hold.",
        discussion: """
            Shows clients that live and clients that hold deliveries. What language a client is written in, its \
            version and its address are known of RocketMQ clients. A server knows this from its connections; a closed \
            file does not.

              waybill group clients points --db shop.db
            """)

    @OptionGroup var file: FileOptions
    @Argument(help: "The group's name.") var name: GroupName

    func run() async throws {
        guard try file.place.client() != nil else {
            throw CommandFailure(
                "no server has \(file.place.name) open, and only a server knows the clients of a group: "
                    + "`waybill serve` starts one")
        }
        let clients = try await file.asking { client in
            try await client.list(Question("groupClients", name.text), atMost: .max) { try $0.groupClient() }
        }
        file.json ? write(clients) : print(clients)
    }

    private func print(_ clients: [GroupClient]) {
        guard !clients.isEmpty else { return Output.standard.line(Style.dim("no clients")) }
        var table = TextTable([
            .init("CLIENT"), .init("LANGUAGE"), .init("VERSION"), .init("ADDRESS"), .init("LANE"),
            .init("HOLDS", isRightAligned: true), .init("HEARD"),
        ])
        for client in clients {
            let library = client.library
            table.add([
                client.name.string, library?.language.string ?? "", library?.version.string ?? "",
                library?.address.string ?? "", client.lane.string, "\(client.holds)", client.heardAt.iso8601,
            ])
        }
        table.write()
    }

    private func write(_ clients: [GroupClient]) {
        var writer = JSONWriter()
        writer.beginArray()
        for client in clients { writer.groupClient(client) }
        writer.endArray()
        writer.print()
    }
}
