import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// What a refusal says over HTTP, field by field, the first time and again.
@Suite struct `A refusal over HTTP` {
    private let shop: APIShop

    /// Baskets of units that come out of stock, at most three for a buyer.
    init() async throws {
        let basket = WorkflowText(
            """
            id: basket
            version: 1
            commands:
              place: {by: shop, data: {buyer: text, lines: {list: {line: text, sku: text, qty: count}, max: 9}}}
              add: {by: shop, data: {line: text, qty: count}}
              close: {by: shop}
            context:
              buyer: text
              lines: {key: line, max: 9, of: {sku: text, qty: count}}
            invariants: [{rule: COUNT(lines) < 4, because: A basket holds three kinds}]
            initial: open
            entry:
              - reserve: {each: lines, sku: sku, qty: qty}
              - reserve: {sku: "'limit:' || buyer", qty: 'SUM(l IN lines: l.qty)', of: 7, because: A buyer gets seven}
            states:
              open:
                on:
                  add:
                    - guard: lines[event.line].qty + event.qty <= 4
                      because: Four of a kind are the most
                      actions: [{assign: {'lines[event.line].qty': '+ event.qty'}}]
                  close: closed
              closed: {type: final}
            """)
        shop = try APIShop(workflows: [basket])
        for (sku, count) in [("mug", 5), ("cup", 1)] {
            await shop.send(
                .init(post: "/v1/stock/\(sku)/receive", #"{"quantity":\#(count)}"#, [(.idempotencyKey, sku)]))
        }
    }

    private func place(_ id: String, _ lines: String, buyer: String = "ann") async throws -> (Reply, JSON) {
        let reply = await shop.send(
            .init(
                post: "/v1/orders",
                #"{"id":"\#(id)","workflow":"basket","data":{"buyer":"\#(buyer)","lines":[\#(lines)]}}"#,
                [(.idempotencyKey, id), (.role, "shop")]))
        return (reply, try JSON(reading: reply.body))
    }

    private func line(_ line: Int, _ sku: String, _ qty: Int) -> String {
        #"{"line":"\#(line)","sku":"\#(sku)","qty":\#(qty)}"#
    }

    @Test func `names every stock that is short, and counts what all lines ask`() async throws {
        let lines = [line(1, "mug", 3), line(2, "mug", 3), line(3, "cup", 2), line(4, "mugg", 1)]
        let (reply, json) = try await place("o-1", lines.joined(separator: ","))
        #expect(reply.code == "insufficient_stock")
        #expect(
            json["detail"]?.asText
                == "6 of mug asked in 2 lines, 5 free; 2 of cup asked, 1 free; "
                + "1 of mugg asked, and there is no such stock"
        )
        let values = try #require(json["values"])
        #expect(values["sku"]?.asText == "mug" && values["asked"]?.asInt == 6 && values["free"]?.asInt == 5)
        #expect(values["short"]?.elements?.map { $0["sku"]?.asText } == ["mug", "cup", "mugg"])
        #expect(values["short"]?.elements?.last?["unknown"]?.asBool == true)
        #expect(json["findings"]?.elements?.count == 3)
    }

    @Test func `tells a limit from what is sold out`() async throws {
        let (_, sold) = try await place("o-1", line(1, "cup", 2))
        #expect(sold["detail"]?.asText == "2 of cup asked, 1 free")
        #expect(sold["values"]?["limit"] == nil)
        for _ in 0..<2 {
            let receipt = #"{"quantity":10}"#
            await shop.send(.init(post: "/v1/stock/mug/receive", receipt))
        }
        let (first, _) = try await place("o-2", line(1, "mug", 4))
        #expect(first.status == 201, "\(first.text)")
        let (_, limited) = try await place("o-3", line(1, "mug", 4))
        #expect(
            limited["detail"]?.asText
                == "A buyer gets seven (4 of limit:ann asked, 3 left of the limit of 7)")
        #expect(limited["values"]?["limit"]?.asInt == 7 && limited["values"]?["free"]?.asInt == 3)
        #expect(limited["values"]?["because"]?.asText == "A buyer gets seven")
    }

    @Test func `has the values of a guard, and has them again under its key`() async throws {
        let (placed, _) = try await place("o-1", line(1, "mug", 2))
        #expect(placed.status == 201, "\(placed.text)")
        func add(_ line: String, _ key: String) async throws -> (Reply, JSON) {
            let reply = await shop.send(
                .init(
                    post: "/v1/orders/o-1/commands/add", #"{"line":"\#(line)","qty":3}"#,
                    [(.role, "shop"), (.idempotencyKey, key)]))
            return (reply, try JSON(reading: reply.body))
        }
        let (_, first) = try await add("1", "k")
        #expect(
            first["detail"]?.asText
                == "add is not possible now: the order is \"open\" in open; Four of a kind are the most "
                + "(lines[event.line].qty + event.qty <= 4: 2 + 3 <= 4 is false)")
        let condition = try #require(first["values"]?["conditions"]?.elements?.first)
        #expect(condition["because"]?.asText == "Four of a kind are the most")
        #expect(condition["parts"]?.elements?.first?["finding"]?.asText == "2 + 3 <= 4 is false")
        #expect(first["findings"]?.elements?.first?["path"]?.asText == "line")
        let (reply, again) = try await add("1", "k")
        #expect(again["stored"]?.asBool == true && reply.code == "not_possible")
        for name in ["detail", "values", "findings"] { #expect(again[name] == first[name], "\(name)") }
        let (_, missing) = try await add("9", "k2")
        #expect(missing["detail"]?.asText?.contains("there is no line 9; there is only 1") == true, "\(missing)")
    }

    @Test func `has its values as long as it is told why the order does not move`() async throws {
        let (placed, _) = try await place("o-1", line(1, "mug", 2))
        #expect(placed.status == 201, "\(placed.text)")
        let add = Example.Step(post: "/v1/orders/o-1/commands/add", #"{"line":"1","qty":3}"#, [(.role, "shop")])
        let refused = try JSON(reading: await shop.send(add).body)
        _ = try await place("o-2", line(1, "cup", 2))
        func last(_ order: String) async throws -> JSON? {
            try JSON(reading: await shop.send(.init(get: "/v1/orders/\(order)/why")).body)["refusals"]?.elements?.first
        }
        let past = try #require(try await last("o-1"))
        #expect(past["message"] == refused["detail"] && past["values"] == refused["values"], "\(past)")
        let sold = try #require(try await last("o-2"))
        #expect(sold["message"]?.asText == "2 of cup asked, 1 free" && sold["values"]?["asked"]?.asInt == 2, "\(sold)")
        let view = try #require(try await shop.book.refusals(of: "o-2").first)
        #expect(view.values["free"] == .number(1))
    }

    @Test func `is told of before it comes: the workflow's rules with their sentences`() async throws {
        let schema = try JSON(reading: await shop.send(.init(get: "/v1/workflows/basket/schema")).body)
        func rules(_ json: JSON?) -> [[String?]]? {
            json?.elements?.map { [$0["condition"]?.asText, $0["because"]?.asText] }
        }
        #expect(rules(schema["invariants"]) == [["COUNT(lines) < 4", "A basket holds three kinds"]])
        #expect(schema["reservations"]?.elements?.map { $0.asText } == ["A buyer gets seven"])
        let commands = try #require(schema["commands"]?.elements)
        #expect(
            commands.map { rules($0["guards"]) }
                == [[], [["lines[event.line].qty + event.qty <= 4", "Four of a kind are the most"]], []])
    }

    @Test func `has the rule that would be broken`() async throws {
        let (reply, json) = try await place("o-1", (1...4).map { line($0, "mug", 1) }.joined(separator: ","))
        #expect(reply.code == "invariant_broken")
        #expect(
            json["detail"]?.asText
                == "it would break the rule: A basket holds three kinds (COUNT(lines) < 4: 4 < 4 is false)")
        #expect(json["values"]?["rule"]?.asText == "COUNT(lines) < 4")
    }
}

@Suite struct `A list over HTTP` {
    @Test func `says which name of its filter nothing has`() async throws {
        let shop = try APIShop()
        func unknown(_ target: String) async throws -> [String] {
            let reply = await shop.send(.init(get: target))
            #expect(reply.status == 200)
            let names = try JSON(reading: reply.body)["unknown"]?.elements ?? []
            return names.map { "\($0["kind"]?.asText ?? "") \($0["name"]?.asText ?? "") \($0["meant"]?.asText ?? "-")" }
        }
        #expect(try await unknown("/v1/orders?status=awaiting%20paymnt") == ["status awaiting paymnt awaiting payment"])
        #expect(try await unknown("/v1/orders?status=awaiting%20payment") == [])
        #expect(try await unknown("/v1/orders?workflow=standrd-order") == ["workflow standrd-order standard-order"])
        #expect(try await unknown("/v1/timeouts?name=pay_du") == ["timeout pay_du pay_due"])
        #expect(try await unknown("/v1/timeouts?name=pay_due") == [])
    }

    @Test func `of messages in a topic that is not there says so`() async throws {
        let reply = await (try APIShop()).send(.init(get: "/v1/messages?key=k&topic=nope"))
        #expect(reply.code == "unknown_topic", "\(reply.text)")
    }

    @Test func `of workflows names the one that was meant`() async throws {
        let shop = try APIShop()
        let reply = await shop.send(.init(get: "/v1/workflows/flash-sal"))
        #expect(reply.status == 404)
        #expect(try JSON(reading: reply.body)["values"]?["meant"]?.asText == "flash-sale")
    }
}
