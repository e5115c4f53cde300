import EngineFixtures
import Foundation
import Testing
import Waybill
import WaybillCore

/// A parent and its children, each with a timeout: what fires first decides for the other.
@Suite struct `Over a family` {
    private static let race = WorkflowText(
        """
        id: race
        version: 1
        children: {runner: {max: 300}}
        commands:
          open: {data: {ends_in: duration, arrived: text}}
          join: {data: {name: text, runs: duration}}
          arrived: {by: child, data: {name: text}}
          look: {}
        context: {ends_in: duration, arrived: text, looks: count}
        initial: running
        states:
          running:
            after: {ends: {in: ends_in, target: over}}
            on:
              join: {actions: [{spawn: {child: runner, id: event.name, data: {name: event.name, runs: event.runs}}}]}
              arrived: {actions: [{assign: {arrived: "arrived || event.name || ' '"}}]}
              look: {actions: [{assign: {looks: + 1}}]}
          over: {on: {arrived: {actions: [{assign: {arrived: "arrived || 'late ' || event.name || ' '"}}]}, look: over}}
        """, source: "race.yaml")

    private static let runner = WorkflowText(
        """
        id: runner
        version: 1
        commands: {start: {by: parent, data: {name: text, runs: duration}}, wave: {}}
        context: {name: text, runs: duration, waves: count}
        initial: running
        states:
          running:
            after: {arrives: {in: runs, target: there}}
            on: {wave: {actions: [{assign: {waves: + 1}}]}}
          there:
            entry: [{tell: {to: parent, command: arrived, data: {name: name}}}]
            on: {wave: {actions: [{assign: {waves: + 1}}]}}
        """, source: "runner.yaml")

    private func open(_ file: ShopFile, minutes: Int64) throws -> OrderBook {
        let clock = VirtualClock(start: noon.advanced(by: .minutes(minutes)))
        return try OrderBook.open(file.path, workflows: [Self.race, Self.runner], world: .virtual(clock))
    }

    /// A race that ends after 30 minutes, with runners who arrive after so many.
    private func start(_ runners: [(String, Int64)], in book: OrderBook) async throws {
        let ends: JSON = ["ends_in": .int(Interval.minutes(30).milliseconds), "arrived": ""]
        try await book.submit(OrderCommand("open", of: "r", data: ends, workflow: "race"))
        for (name, minutes) in runners {
            let data: JSON = ["name": .text(name), "runs": .int(Interval.minutes(minutes).milliseconds)]
            try await book.submit(OrderCommand("join", of: "r", data: data))
        }
    }

    private func arrived(in book: OrderBook) throws -> String {
        struct Contents: Decodable { let arrived: String }
        let context = Data(try #require(try book.order("r")).context)
        return try JSONDecoder().decode(Contents.self, from: context).arrived
    }

    @Test(arguments: ["r", "r/late", "r/early", "none"])
    func `timeouts fire in order of due times, whoever of it is spoken to first`(_ first: String) async throws {
        let file = try ShopFile()
        let before = try open(file, minutes: 0)
        try await start([("late", 40), ("early", 20), ("same", 30)], in: before)
        await before.close()
        let after = try open(file, minutes: 60)
        switch first {
        case "none": after.advance(by: Interval(milliseconds: 0))
        case "r": try await after.submit(OrderCommand("look", of: "r"))
        default: try await after.submit(OrderCommand("wave", of: OrderID(first)))
        }
        // At the same moment the race comes first: its number is the lower one.
        #expect(try arrived(in: after) == "early late same late late ")
        await after.close()
    }

    @Test func `with more due than a write fires the rest comes first all the same`() async throws {
        let file = try ShopFile()
        let before = try open(file, minutes: 0)
        // 200 races beside it are due earlier, so the first write does not come to this one by itself.
        let soon: JSON = ["ends_in": .int(Interval.minutes(1).milliseconds), "arrived": ""]
        for number in 0..<200 {
            try await before.submit(
                OrderCommand("open", of: OrderID("other-\(number)"), data: soon, workflow: "race")
            )
        }
        try await start([("late", 40), ("early", 20)], in: before)
        await before.close()
        let after = try open(file, minutes: 60)
        let answers = after.engine.answers([OrderCommand("wave", of: "r/late"), OrderCommand("look", of: "r")])
        #expect(answers.map(\.code) == ["accepted", "accepted"])
        let history = try #require(try await after.history(of: "r"))
        #expect(history.map(\.type) == ["open", "join", "join", "arrived", "$timeout", "arrived", "look"])
        await after.close()
    }
}
