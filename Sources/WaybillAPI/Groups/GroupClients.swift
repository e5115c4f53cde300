import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Groups {
    static let clients = Operation(
        "groupClients", .get, "/v1/groups/{group}/clients",
        "Lists the clients that consume for a group, by name: those that live, and those that hold deliveries.",
        grant: Need(.viewer, .consumer(group: "group")), query: PageRequest.parameters,
        answers: [Operation.Answer(200, "A page of clients, by name.", .page(.named("GroupClient")))],
        problems: [.unknownGroup, .badCursor],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.group, ExampleShop.receive],
            .get("/v1/groups/shipping/clients"), 200,
            #"""
            {"items":[{"client":"shipper-3","lane":"","holds":0,"heard_at":"2026-11-29T12:00:00Z","alive":true}],
             "next":null,"as_of":"e2"}
            """#),
        handler: { call throws(Problem) in
            let name = GroupName(call.path("group"))
            let page = try PageRequest(call, of: "clients of \(name)")
            guard try await call.messages({ try $0.group(name) }) != nil else { throw Problem(.unknownGroup(name)) }
            let engine = call.book.book.engine
            let libraries = call.served.consumers?(name) ?? [:]
            let found = engine.clients(of: name, after: page.after?.first, limit: page.limit + 1).map { client in
                var client = client
                if let known = libraries[client.name] {
                    client.library = known.library
                    client.heardAt = max(client.heardAt, known.heardAt)
                }
                return client
            }
            return page.reply(ofRest: found, at: { [$0.name] }) { $0.groupClient($1) }
        })
}
