import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// Boxes that are spawned by an order, report to it, and call an oven outside the process.
enum FamilyShop {
    static let order = WorkflowText(
        """
        id: basket
        version: 1
        children: {box: {max: 3}}
        commands:
          place: {data: {buyer: text}}
          pack: {data: {box: text, units: count}}
          pack_two: {data: {first: text, second: text, units: count}}
          hurry: {data: {box: text}}
          arrived: {by: child, data: {box: text, units: count}}
          end: {}
        context: {buyer: text, packed: count, arrived: count}
        invariants: ['arrived <= 10']
        initial: open
        states:
          open:
            on:
              pack:
                actions:
                  - assign: {packed: + event.units}
                  - spawn: {child: box, id: event.box, data: {box: event.box, units: event.units}}
                  - send: {topic: basket, tag: packed}
              pack_two:
                actions:
                  - spawn: {child: box, id: event.first, data: {box: event.first, units: event.units}}
                  - spawn: {child: box, id: event.second, data: {box: event.second, units: event.units}}
              hurry: {actions: [{tell: {to: box, id: event.box, command: hurry}}]}
              arrived: {actions: [{assign: {arrived: + event.units}}]}
              end: closed
          closed: {type: final}
        """, source: "basket.yaml")

    static let box = WorkflowText(
        """
        id: box
        version: 1
        commands:
          fill: {by: parent, data: {box: text, units: count}}
          hurry: {by: parent}
          deliver: {by: carrier}
        context: {box: text, units: count}
        initial: waiting
        states:
          waiting:
            entry:
              - reserve: {sku: "'mug'", qty: units}
              - send: {topic: boxes, tag: filled}
            after: {lost: {in: 1d, target: gone}}
            on: {hurry: rushed, deliver: gone}
          rushed: {on: {deliver: gone}}
          gone:
            type: final
            entry:
              - confirm: {sku: "'mug'", qty: units}
              - tell: {to: parent, command: arrived, data: {box: box, units: units}}
        """, source: "box.yaml")

    /// A cake that is baked outside: the oven says done or burnt.
    static let cake = WorkflowText(
        """
        id: cake
        version: 1
        commands:
          place: {data: {buyer: text, cakes: count}}
          baked: {by: oven, data: {cakes: count, colour: optional text}}
          burnt: {by: oven, data: {cakes: count, reason: text}}
          forget: {}
          again: {}
        context: {buyer: text, cakes: count, why: optional text, colour: optional text, late: count}
        initial: baking
        states:
          baking:
            entry:
              - call: {topic: oven, name: "'bake'", data: {cakes: cakes}, ok: baked, failed: burnt, within: 1h}
            on:
              baked: {target: done, actions: [{assign: {colour: event.colour}}]}
              burnt: {target: waiting, actions: [{assign: {why: event.reason}}]}
              forget: {target: waiting, actions: [{stop: {call: "'bake'"}}]}
          waiting: {on: {again: baking, forget: waiting, baked: waiting}}
          done: {type: final}
        """, source: "cake.yaml")

    static func book(
        _ workflows: [WorkflowText] = [order, box, cake], mugs: Int64 = 10
    ) async throws -> OrderBook {
        let book = try OrderBook.inMemory(workflows: workflows, world: .virtual(VirtualClock(start: noon)))
        try await book.submit(StockCommand(.receive(mugs), of: StockKey(sku: "mug")))
        return book
    }

    static func place(_ id: OrderID, lane: Text = "") -> OrderCommand {
        OrderCommand("place", of: id, data: ["buyer": "ann"], workflow: "basket", lane: lane)
    }

    static func pack(_ id: OrderID, _ box: String, _ units: Int64, lane: Text = "") -> OrderCommand {
        OrderCommand("pack", of: id, data: ["box": .text(box), "units": .int(units)], lane: lane)
    }

    static func bake(_ id: OrderID) -> OrderCommand {
        OrderCommand("place", of: id, data: ["buyer": "ann", "cakes": 2], workflow: "cake")
    }
}

extension OrderBook {
    func context(_ id: OrderID) throws -> [String: Any] {
        let json = try #require(try order(id)).context
        return try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
    }

    /// Tag and key of the visible messages of a topic, with the lane before it where it is not the base.
    func messages(in topic: TopicName) throws -> [String] {
        try engine.store.read { rows in
            try rows.storedQueues(after: StoredQueueNumber(0), limit: 100).filter { $0.topic == topic }.flatMap {
                queue in
                try rows.messages(in: queue.number, fromOffset: 0, limit: 100).map { stored in
                    let lane = queue.lane.isEmpty ? "" : "\(queue.lane)/"
                    return "\(lane)\(stored.message.tag ?? "") \(stored.message.key ?? "-")"
                }
            }
        }
    }
}
