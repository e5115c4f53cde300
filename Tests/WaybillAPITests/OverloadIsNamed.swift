import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine

/// A server that has too much to do says which limit was met, and when to come again.
@Suite struct `A refusal for too much work` {
    /// A refused request's problem.
    private func problem(_ reply: Reply) throws -> JSON {
        let problem = try JSON(reading: reply.body)
        let wait = try #require(problem["retry_after_ms"]?.asInt, "\(reply.text)")
        #expect(reply.headers.contains { $0 == ("retry-after", "\((wait + 999) / 1_000)") })
        #expect(problem["stored"]?.asBool == false)
        return problem
    }

    @Test(arguments: [
        (Refusal.overloaded(retryAfter: Interval(milliseconds: 1_500)), 503, "overloaded"),
        (.crowded("the SKU mug", max: 512, retryAfter: .seconds(1)), 429, "crowded"),
        (.diskNearlyFull(freePercent: 4), 507, "disk_nearly_full"), (.shuttingDown, 503, "shutting_down"),
    ])
    func `of a command has a code, and a time to come again`(refusal: Refusal, status: Int, code: String) throws {
        let reply = Problem(refusal).reply(requestID: "r-1", instance: "/v1/orders")
        #expect(reply.status == status && reply.code == code)
        _ = try problem(reply)
    }

    @Test(arguments: [
        (MessageRefusal.overloaded("10000 receives wait", retryAfter: .seconds(1)), 503, "overloaded"),
        (.diskNearlyFull(freePercent: 9), 507, "disk_nearly_full"), (.shuttingDown, 503, "shutting_down"),
    ])
    func `of a message has them too`(refusal: MessageRefusal, status: Int, code: String) throws {
        let reply = Problem(refusal).reply(requestID: "r-1", instance: "/v1/topics/ledger/messages")
        #expect(reply.status == status && reply.code == code)
        _ = try problem(reply)
    }

    @Test func `tells how full the disk may be`() throws {
        let orders = try problem(Problem(Refusal.diskNearlyFull(freePercent: 4)).reply(requestID: "", instance: ""))
        #expect(orders["values"] == ["free_percent": 4, "needed_percent": 5])
        let sends = try problem(
            Problem(MessageRefusal.diskNearlyFull(freePercent: 9)).reply(requestID: "", instance: ""))
        #expect(sends["values"] == ["free_percent": 9, "needed_percent": 10])
    }

    @Test func `names the header when a request has waited longer than its sender wants`() async throws {
        let shop = try APIShop(workflows: [])
        var headers = CallHeaders()
        headers.add(.notAfter, "1000")
        let head = API.Head(method: "POST", target: "/v1/stock/mug/receive", headers: headers, principal: .owner)
        let late = try shop.api.admit(head, requestID: "r-1")
        shop.book.advance(by: Interval(milliseconds: 1_001))
        let reply = try problem(await shop.api.answer(late, body: Array(#"{"quantity":1}"#.utf8)))
        #expect(reply["code"]?.asText == "overloaded")
        #expect(reply["values"]?["limit"]?.asText == "Waybill-Not-After-Ms", "\(reply)")
    }

    @Test func `names the intake and its size when the intake is full`() async throws {
        let shop = try APIShop(workflows: [])
        let full = Problem(Refusal.overloaded(retryAfter: .seconds(1)))
        let named = full.namingLimit(of: shop.api.served, end: nil)
        #expect(named.values["limit"] == .text("requests that wait"))
        #expect(named.values["max"] == .number(Int64(shop.book.engine.settings.intakeDepthMax)))
        #expect(named.retryAfter == .seconds(1))
        let receives = Problem(MessageRefusal.overloaded("10000 receives wait", retryAfter: .seconds(1)))
        #expect(receives.namingLimit(of: shop.api.served, end: nil).values["what"] == .text("10000 receives wait"))
    }
}
