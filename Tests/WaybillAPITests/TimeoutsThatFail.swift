import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// Timeouts whose handling a rule forbids are shown for what they are, and are tried again by hand.
@Suite struct `A timeout that cannot be handled` {
    private let shop: APIShop

    /// Two orders, `stuck` and `free`, each with a timeout that fires after ten minutes; a rule forbids it until the
    /// order is allowed to. And one timeout more that waits for a day.
    init() async throws {
        let stuck = WorkflowText(
            """
            id: stuck
            version: 1
            commands: {place: {by: shop}, allow: {by: shop}}
            context: {may: count, tries: count}
            invariants: [may >= tries]
            initial: open
            states:
              open:
                after:
                  try_it: {in: 10m, target: closed, actions: [{assign: {tries: '+ 1'}}]}
                  late: {in: 24h, target: closed}
                on: {allow: {actions: [{assign: {may: '+ 1'}}]}}
              closed: {type: final}
            """)
        shop = try APIShop(workflows: [stuck])
        for id in ["stuck", "free"] {
            let placed = await shop.send(
                .init(
                    post: "/v1/orders", #"{"id":"\#(id)","workflow":"stuck"}"#,
                    [(.idempotencyKey, id), (.role, "shop")]))
            #expect(placed.status == 201, "\(placed.text)")
        }
        await allow("free")
    }

    private func allow(_ id: String) async {
        let allowed = await shop.send(.init(post: "/v1/orders/\(id)/commands/allow", "{}", [(.role, "shop")]))
        #expect(allowed.status == 200, "\(allowed.text)")
    }

    private func found(_ query: String) async throws -> [String] {
        let reply = await shop.send(.init(get: "/v1/timeouts?\(query)"))
        let items = try JSON(reading: reply.body)["items"]?.elements
        return items?.map { "\($0["name"]?.asText ?? "") \($0["state"]?.asText ?? "")" } ?? [reply.text]
    }

    @Test func `is listed as retrying and then as parked, also with its order`() async throws {
        #expect(try await found("order=stuck") == ["try_it waiting", "late waiting"])
        shop.book.advance(by: .minutes(10))
        #expect(try await found("order=stuck") == ["try_it retrying", "late waiting"])
        #expect(try await found("order=stuck&state=retrying") == ["try_it retrying"])
        #expect(try await found("order=stuck&state=overdue") == [])
        shop.book.advance(by: .hours(20))
        #expect(try await found("order=stuck&state=parked") == ["try_it parked"])
        #expect(try await found("state=parked") == ["try_it parked"])
        let shown = await shop.send(.init(get: "/v1/timeouts?order=stuck&state=parked"))
        #expect(shown.text.contains("it would break the rule: may >= tries (0 >= 1 is false)"), "\(shown.text)")
        let metrics = try MetricLines(await shop.send(.init(get: "/metrics")).text)
        #expect(metrics["waybill_timeouts_parked"]["kind=\"order\""] == 1)
        // The one that is parked, and the late one of its order.
        #expect(metrics["waybill_timeouts_pending"]["kind=\"order\""] == 2)
    }

    @Test func `of one order is found by its time and its name, page by page`() async throws {
        #expect(try await found("order=stuck&due_from=2026-11-29T13:00:00Z") == ["late waiting"])
        #expect(try await found("order=stuck&due_to=2026-11-29T13:00:00Z") == ["try_it waiting"])
        #expect(try await found("order=stuck&due_to=2026-11-29T12:00:00Z") == [])
        #expect(try await found("order=stuck&name=late") == ["late waiting"])
        let first = try JSON(reading: await shop.send(.init(get: "/v1/timeouts?order=stuck&limit=1")).body)
        let cursor = try #require(first["next"]?.asText)
        #expect(first["items"]?.elements?.count == 1)
        #expect(try await found("order=stuck&limit=1&cursor=\(cursor)") == ["late waiting"])
        let last = try JSON(
            reading: await shop.send(.init(get: "/v1/timeouts?order=stuck&limit=1&cursor=\(cursor)")).body)
        #expect(last["next"] == .null)
        #expect(await shop.send(.init(get: "/v1/timeouts?order=none")).code == "unknown_order")
    }

    @Test func `is tried again when it is moved to a time that has come`() async throws {
        shop.book.advance(by: .hours(20))
        #expect(try await found("order=stuck&state=parked") == ["try_it parked"])
        await allow("stuck")
        #expect(try await found("order=stuck&state=parked") == ["try_it parked"], "nobody has moved it")
        let moved = await shop.send(
            .init(
                post: "/v1/orders/stuck/timeouts/try_it/move",
                #"{"to":"2026-11-29T12:00:00Z","reason":"it is allowed now"}"#))
        #expect(moved.status == 200, "\(moved.text)")
        shop.book.advance(by: .seconds(1))
        #expect(try await shop.book.order("stuck")?.status == "closed")
        #expect(try await found("order=stuck") == [])
    }
}
