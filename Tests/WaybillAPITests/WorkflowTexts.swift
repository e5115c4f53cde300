import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Texts of workflows come into a served file, are tried, and take orders.
@Suite struct `A workflow's text over HTTP` {
    private let shop: APIShop

    init() throws { shop = try APIShop(workflows: []) }

    private func put(
        _ text: String, _ query: String = "", _ headers: [(RequestHeader, String)] = [], name: String = "rental"
    ) async throws -> (reply: Reply, json: JSON) {
        let body = "{\"text\":\"\(text.replacing("\n", with: "\\n"))\",\"reason\":\"a test\"}"
        let reply = await shop.send(Example.Step(.put, "/v1/workflows/\(name)\(query)", headers, body: body))
        return (reply, try JSON(reading: reply.body))
    }

    private func version(_ number: Int, _ more: String = "") -> String {
        ExampleShop.rentalText.replacing("version: 1", with: "version: \(number)") + more
    }

    private func current() async throws -> Int64? {
        let shown = await shop.send(.init(get: "/v1/workflows/rental"))
        return try JSON(reading: shown.body)["version"]?.asInt
    }

    @Test func `takes orders when its version is higher, or when it is told to`() async throws {
        #expect(try await put(version(2)).reply.status == 201)
        let repeated = try await put("# a comment\n" + version(2))
        #expect(repeated.reply.status == 200 && repeated.json["takes_orders"]?.asBool == true)
        let lower = try await put(version(1))
        #expect(lower.reply.status == 201 && lower.json["takes_orders"]?.asBool == false)
        #expect(try await current() == 2)
        let hash = try #require(try await put(version(3)).json["hash"]?.asText)
        #expect(try await current() == 3)
        let activated = try await put(version(1), "?activate=true")
        #expect(activated.json["takes_orders"]?.asBool == true && activated.json["before"]?.asText == hash)
        #expect(try await current() == 1)
        let book = Example.Step(
            .post, "/v1/orders", [(.idempotencyKey, "k"), (.role, "rider")],
            body: #"{"id":"r-1","workflow":"rental","command":"book","data":{"bicycle":"red-7"}}"#)
        #expect(await shop.send(book).status == 201)
        #expect(try await shop.book.order("r-1")?.workflowVersion == 1)
        let audits = try JSON(reading: await shop.send(.init(get: "/v1/audit?type=$activate")).body)
        let last = try #require(audits["items"]?.elements?.last)
        #expect(last["caller"]?.asText == "owner" && last["about"]?["reason"]?.asText == "a test", "\(last)")
        #expect(last["about"]?["before"]?.asText == hash && last["about"]?["request"]?.asText == "r-1", "\(last)")
    }

    @Test func `has its hash as its tag, which the next one may name as the one that it follows`() async throws {
        let tag = { (reply: Reply) in reply.headers.first { $0.name == "etag" }?.value }
        let first = try await put(version(1))
        let hash = try #require(first.json["hash"]?.asText)
        #expect(tag(first.reply) == "\"\(hash)\"")
        for accept in ["application/json", "application/yaml"] {
            for path in ["rental", "rental/versions/\(hash)"] {
                let shown = await shop.send(.init(.get, "/v1/workflows/\(path)", [(.accept, accept)]))
                #expect(shown.status == 200 && tag(shown) == "\"\(hash)\"", "\(path) \(accept)")
            }
        }
        #expect(try await tag(put(version(2), "?dry_run=true").reply) == nil, "nothing is there that has it")
        let next = try await put(version(2), "", [(.ifMatch, "\"\(hash)\"")])
        #expect(next.reply.status == 201)
        #expect(try await put(version(3), "", [(.ifMatch, "\"\(hash)\"")]).reply.status == 412)
        #expect(try await tag(put(version(1)).reply) == nil, "it takes no orders")
    }

    @Test func `takes orders again when it is told to, once under a key, with who and why`() async throws {
        let first = try #require(try await put(version(1)).json["hash"]?.asText)
        #expect(try await put(version(2)).reply.status == 201)
        let step = Example.Step(
            .post, "/v1/workflows/rental/activate", [(.idempotencyKey, "back")],
            body: "{\"hash\":\"\(first)\",\"reason\":\"the new one is wrong\"}")
        let eva = Principal(name: "eva", grants: [.admin])
        let done = await shop.send(step, as: eva)
        #expect(done.status == 200 && !done.headers.contains { $0.name == "idempotency-replayed" }, "\(done.text)")
        #expect(try await current() == 1)
        let position = shop.book.vitals.lastPosition
        let again = await shop.send(step, as: eva)
        #expect(again.text == done.text && again.headers.contains { $0.name == "idempotency-replayed" })
        #expect(shop.book.vitals.lastPosition == position)
        let audit = try #require(try shop.book.engine.audits(limit: 100).last)
        let body = String(decoding: audit.body, as: UTF8.self)
        #expect(audit.type == "$activate" && audit.caller == "eva" && body.contains("the new one is wrong"), "\(body)")
    }

    @Test func `is kept only if another text is the one its sender knows`() async throws {
        #expect(try await put(version(1), "", [(.ifMatch, "*")]).reply.status == 412, "there is none")
        #expect(try await put(version(1), "?dry_run=true", [(.ifMatch, "*")]).reply.status == 412)
        let first = try await put(version(1), "", [(.ifNoneMatch, "*")])
        #expect(first.reply.status == 201)
        #expect(try await put(version(2), "", [(.ifNoneMatch, "*")]).reply.code == "version_conflict")
        let second = try await put(version(2), "", [(.ifMatch, "\"\(ExampleShop.rentalHash)\"")])
        #expect(second.reply.status == 201)
        let late = try await put(version(3), "", [(.ifMatch, ExampleShop.rentalHash)])
        #expect(late.reply.status == 412)
        #expect(late.json["values"]?["hash"] == second.json["hash"])
        #expect(try await shop.book.workflowEditions().map(\.version) == [1, 2])
        #expect(try await put(version(3), "", [(.ifMatch, "*")]).reply.status == 201)
    }

    @Test func `changes nothing in a dry run, and tells what it would do`() async throws {
        let position = shop.book.vitals.lastPosition
        let dry = try await put(version(1), "?dry_run=true")
        #expect(dry.reply.status == 200 && dry.json["takes_orders"]?.asBool == true)
        #expect(dry.json["dry_run"]?.asBool == true)
        #expect(try await shop.book.workflowEditions().isEmpty)
        #expect(shop.book.vitals.lastPosition == position)
    }

    @Test func `is refused with the line of what is wrong, or for another name`() async throws {
        let wrong = try await put(version(1).replacing("return: back", with: "return: bak"))
        #expect(wrong.reply.status == 422 && wrong.reply.code == "workflow_findings")
        #expect(wrong.json["findings"]?.elements?.first?["line"]?.asInt == 10)
        #expect(try await put(version(1), name: "hire").reply.code == "bad_data")
        #expect(try await shop.book.workflowEditions().isEmpty)
    }

    @Test func `comes as YAML too, with its reason in the query`() async throws {
        var headers = CallHeaders()
        headers.add(.contentType, "application/yaml; charset=utf-8")
        let head = API.Head(
            method: "PUT", target: "/v1/workflows/rental?reason=by+hand", headers: headers, principal: .owner)
        let admission = try shop.api.admit(head, requestID: "r-1")
        let reply = await shop.api.answer(admission, body: Array(ExampleShop.rentalText.utf8))
        #expect(reply.status == 201, "\(reply.text)")
        let audits = try shop.book.engine.audits(limit: 10).filter { $0.type == "$workflow" }
        #expect(audits.count == 1 && String(decoding: audits[0].body, as: UTF8.self).contains("by hand"))
    }

    @Test func `that does not fit a parent whose orders live takes none of its children`() async throws {
        let parent = """
            id: shop
            version: 1
            children: {parcel: {max: 9}}
            commands: {place: {}, ship: {data: {id: text}}}
            initial: a
            states: {a: {on: {ship: {actions: [{spawn: {child: parcel, id: event.id, data: {weight: 1}}}]}}}}
            """
        func parcel(_ version: Int, _ data: String) -> String {
            "id: parcel\nversion: \(version)\ncommands: {take: {by: parent, data: {\(data)}}, arrive: {}}\n"
                + "initial: a\nstates: {a: {on: {arrive: a}}}"
        }
        #expect(try await put(parcel(1, "weight: count"), name: "parcel").reply.status == 201)
        #expect(try await put(parent, name: "shop").reply.status == 201)
        let unfit = try await put(parcel(2, "carrier: text"), name: "parcel")
        #expect(unfit.reply.code == "workflow_findings", "\(unfit.reply.text)")
        #expect(try await shop.book.workflowEditions().map(\.version) == [1, 1])
    }

    @Test func `is tried with what happened to an order, and the order stays as it is`() async throws {
        _ = try await put(version(1))
        for (number, step) in [
            Example.Step(
                .post, "/v1/orders", [(.idempotencyKey, "k"), (.role, "rider")],
                body: #"{"id":"r-1","workflow":"rental","command":"book","data":{"bicycle":"red-7"}}"#),
            Example.Step(.post, "/v1/orders/r-1/commands/return", [(.role, "rider")], body: "{}"),
        ].enumerated() {
            if number > 0 { shop.book.advance(by: .hours(2)) }
            #expect(await (200..<300).contains(shop.send(step).status))
        }
        func tried(_ text: String) async throws -> [JSON] {
            let text = text.replacing("\n", with: "\\n")
            let reply = await shop.send(
                .init(post: "/v1/workflows/rental/run", "{\"order\":\"r-1\",\"text\":\"\(text)\"}"))
            return try JSON(reading: reply.body)["items"]?.elements ?? []
        }
        let same = try await tried(version(2))
        #expect(same.map { $0["event"]?.asText } == [nil, "book", "@2h", "return"])
        #expect(same.last?["finished"]?.asBool == true && same.last?["refusal"] == .null)
        let without = try await tried(
            version(2).replacing("\n  return: {}", with: "").replacing("on: {return: back}", with: "after: {9d: back}"))
        #expect(without.last?["refusal"]?["code"]?.asText == "unknown_command")
        #expect(try await shop.book.order("r-1")?.version == 2)
    }

    @Test func `describes its commands in the document of the server`() async throws {
        _ = try await put(version(1))
        let reply = await shop.send(.init(get: "/v1/openapi.json"))
        let document = try JSON(reading: reply.body)
        let book = document["components"]?["schemas"]?["rental.book"]
        #expect(book?["required"]?.elements?.map(\.asText) == ["bicycle"])
        let body = document["paths"]?["/v1/orders/{order}/commands/{command}"]?["post"]?["requestBody"]
        let forms = body?["content"]?["application/json"]?["schema"]?["anyOf"]?.elements
        #expect(
            forms?.compactMap { $0["$ref"]?.asText }
                == ["rental.book", "rental.return"].map { "#/components/schemas/\($0)" })
    }
}
