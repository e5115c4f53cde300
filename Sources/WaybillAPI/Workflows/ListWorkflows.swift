import Waybill
import WaybillAccess
import WaybillCore
import WorkflowFile

extension Workflows {
    static let listWorkflows = Operation(
        "listWorkflows", .get, "/v1/workflows", "Lists the texts of workflows in the file, by name, the oldest first.",
        grant: Need(.viewer, .orders), query: PageRequest.parameters,
        answers: [Operation.Answer(200, "A page.", .page(edition))], problems: [.badCursor],
        example: Example(
            after: [], .get("/v1/workflows"), 200,
            #"""
            {"items":[{"id":"after-sale","version":2,
             "hash":"96d5e038d455647a46863cb26d3203f2c638ef7bdbd9d0b7aa77ea60686aff67","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"flash-sale","version":3,
             "hash":"2f5370671f23a43ebecf852791b7409287d46dc58656f951a464abda67a639a9","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"group-buy","version":2,
             "hash":"98ad4e13f5d42391f1eb89040780d5e9335af508c6ec98a5f74263c8b4eb6316","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"group-member","version":3,
             "hash":"7a0f5d52f55c6247f4f23f1e62d88b6fe384478676febd41c67532ce8b9bcf29","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"member-registration","version":2,
             "hash":"4bbc0171dae2d8a160e9c676f1810a5223a4008c12e3f62656bdc6623d366a19","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"olist-order","version":2,
             "hash":"eb1feeb0091ff17812d03a6c2c2b3f8c1d67b036f0cceafde57dc0f42f529ffa","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"parcel","version":2,
             "hash":"48d8746f9e278afc5be36ebad018858a6c889a912ce1683e488717ef5f8319bd","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"pre-sale","version":3,
             "hash":"83686d5922f4653ce6283f197ff96137d17d9d8139e3bf162f1f98e17a555059","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"standard-order","version":4,
             "hash":"818ca662314c76733d6dda5b0d84e4933975f63539c4ea7d7b65313a19635a66","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"}],"next":null,"as_of":"e0"}
            """#),
        handler: { call throws(Problem) in
            let page = try PageRequest(call, of: "workflows")
            let editions = try await call.book.read { book in try book.workflowEditions() }
            guard let after = page.after?.first else {
                return page.reply(ofRest: editions, at: { [$0.hash.text] }) { $0.edition($1) }
            }
            // A text never leaves a file, so the one that the cursor names is there.
            let rest = editions.drop { $0.hash.text != after }.dropFirst()
            return page.reply(ofRest: rest, at: { [$0.hash.text] }) { $0.edition($1) }
        })
}
