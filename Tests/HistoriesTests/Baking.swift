import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillEngine

/// A file of cakes that are baked outside: one for each way in which a call can end, and one that is not answered.
enum Baking {
    static let start = Moment(milliseconds: 1_760_000_000_000)

    static let cake = WorkflowText(
        """
        id: cake
        version: 1
        commands:
          place: {data: {cakes: count}}
          baked: {by: oven, data: {cakes: count}}
          burnt: {by: oven, data: {cakes: count, reason: text}}
          forget: {}
        context: {cakes: count, silent: count}
        initial: baking
        states:
          baking:
            entry:
              - call: {topic: oven, name: "'bake'", data: {cakes: cakes}, ok: baked, failed: burnt, unanswered: quiet,
                       within: 1h}
            on:
              quiet: {actions: [{assign: {silent: + 1}}]}
              baked: rest
              burnt: rest
              forget: {target: rest, actions: [{stop: {call: "'bake'"}}]}
          rest: {on: {forget: rest, baked: rest, burnt: rest, quiet: rest}}
        """, source: "cake.yaml")

    /// The same as a text of before: silence is a no.
    static let pie = WorkflowText(
        cake.text.replacing("id: cake", with: "id: pie").replacing("unanswered: quiet,", with: "")
            .replacing("quiet: {actions: [{assign: {silent: + 1}}]}", with: "again: rest")
            .replacing("quiet: rest", with: "again: rest").replacing("forget: {}", with: "forget: {}\n  again: {}"),
        source: "pie.yaml")

    /// Orders `done`, `failed`, `silent`, `open`, `taken` and `old`, an hour after the first; `old` has expired as
    /// failed.
    static func fill(_ path: String) async throws -> VirtualClock {
        let clock = VirtualClock(start: start)
        let book = try OrderBook.open(path, workflows: [cake, pie], world: .virtual(clock))
        for id: OrderID in ["done", "failed", "silent", "taken", "old"] {
            try await book.submit(
                OrderCommand("place", of: id, data: ["cakes": 2], workflow: id == "old" ? "pie" : "cake")
            )
        }
        try await book.submit(OrderCommand("baked", of: "done", role: "oven", key: "done#1"))
        try await book.submit(
            OrderCommand("burnt", of: "failed", data: ["reason": "smoke"], role: "oven", key: "failed#1")
        )
        try await book.submit(OrderCommand("forget", of: "taken"))
        book.advance(by: .hours(1))
        try await book.submit(OrderCommand("place", of: "open", data: ["cakes": 2], workflow: "cake"))
        await book.close()
        return clock
    }

    /// Lets days pass over a closed file, with all the maintenance that they bring.
    static func letPass(_ days: Int64, over path: String, _ clock: VirtualClock) throws {
        let book = try OrderBook.open(path, workflows: [], world: .virtual(clock))
        for _ in 0..<days {
            book.advance(by: .days(1))
            while try book.engine.maintain() {}
        }
        book.close()
    }
}
