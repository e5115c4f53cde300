import Foundation
import Testing

@Suite struct `waybill order, of the past` {
    let waybill: Executable

    init() throws {
        waybill = try Executable()
        try waybill.file(
            "box.yaml",
            """
            id: box
            version: 1
            commands: {fill: {data: {box: text}}, deliver: {}}
            context: {box: text}
            initial: on_the_way
            states:
              on_the_way: {after: {lost: {in: 21d, target: gone}}, on: {deliver: there}}
              there: {type: final}
              gone: {type: final}
            """)
        try waybill.file(
            "basket.yaml",
            """
            id: basket
            version: 1
            children: {box: {max: 3}}
            commands: {open: {data: {buyer: text}}, pack: {data: {box: text}}}
            context: {buyer: text}
            initial: filling
            states:
              filling:
                after: {closes: {in: 30m, target: closed}}
                on: {pack: {actions: [{spawn: {child: box, id: event.box, data: {box: event.box}}}]}}
              closed: {type: final}
            """)
        try send("box-0", "fill", #"{"box":"b"}"#, "--workflow", "box.yaml")
        try send("b-1", "open", #"{"buyer":"ann"}"#, "--workflow", "basket.yaml")
        try send("b-1", "pack", #"{"box":"one"}"#)
        try send("b-1", "pack", #"{"box":"two"}"#)
        try send("b-1/one", "deliver", "{}")
    }

    private func send(_ id: String, _ command: String, _ data: String, _ more: String...) throws {
        let outcome = try waybill.run(
            ["order", "send", id, command, "--unchecked", "--db", "shop.db", "--data", data] + more)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private func events() throws -> [[String: Any]] {
        try waybill.run("order", "history", "b-1", "--db", "shop.db", "--json").array()
    }

    private func show(_ option: String, _ value: String, verb: String = "show") throws -> String {
        try waybill.run("order", verb, "b-1", "--db", "shop.db", option, value).output
    }

    @Test func `shows children as they were at an event`() throws {
        let events = try events().compactMap { $0["event"] as? Int }
        #expect(try show("--as-of", "\(events[0])").contains("box") == false)
        let packed = try show("--as-of", "\(events[1])")
        // The first event of a child comes after that of its order.
        #expect(packed.contains("b-1/one: not there") && !packed.contains("b-1/two"))
        #expect(try show("--as-of", "\(events[1] + 1)").contains("b-1/one: on_the_way"))
        #expect(try show("--as-of", "\(events[2] + 1)").contains("b-1/two: on_the_way"))
        #expect(try show("--as-of", "\(events[2] + 2)").contains("b-1/one: there"))
        #expect(try waybill.run("order", "show", "b-1", "--db", "shop.db").output.contains("b-1/one: there"))
    }

    @Test func `shows children as they were at a time`() throws {
        let at = try #require(try events()[2]["at"] as? String)
        let then = try show("--at", at)
        #expect(then.contains("b-1/one: on_the_way") && then.contains("b-1/two: on_the_way"))
    }

    @Test func `counts down from the moment of the event`() throws {
        let first = try #require(try events()[0]["event"] as? Int)
        #expect(try show("--as-of", "\(first)").contains(", in 30m\n"))
        #expect(try show("--as-of", "\(first)", verb: "why").contains(", in 30m\n"))
    }
}
