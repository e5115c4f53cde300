import Testing
import WaybillCore
import WorkflowFile

@Suite struct `An action in a workflow file` {
    /// The actions of one transition in a small workflow.
    private func actions(_ list: String, raised: String = "") throws -> [Action] {
        let text = """
            id: t
            version: 1
            commands:
              place: {data: {who: text, lines: {list: {n: text, sku: text}, max: 9}}}
              go: {data: {n: text, qty: count, paid: cents, until: time}}
            context:
              who: text
              total: cents
              until: optional time
              lines: {key: n, max: 9, of: {sku: text, qty: count, paid: cents}}
            initial: a
            after: {soon: {in: 1h, target: b}}
            states:
              a: {on: {go: {target: b, actions: \(list)}\(raised)}}
              b: {initial: end, states: {end: {type: final}}}
            """
        let workflow = try WorkflowFile.load(text)
        return try #require(workflow.states[1].transitions.first).actions
    }

    private func otherAction() { Issue.record("another action than was written") }

    @Test func `assigns, adds and subtracts`() throws {
        let list = try actions("[{assign: {who: event.n, total: '- event.paid', 'lines[event.n].qty': + 2}}]")
        guard case .assign(let assignments) = list[0].verb else { return otherAction() }
        #expect(assignments.map(\.mode) == [.replace, .subtract, .add])
        #expect(assignments[2].value == .literal(.int(2)))
        guard case .member(let collection, let key, let field) = assignments[2].target else {
            return otherAction()
        }
        #expect((collection, field) == (3, 2))
        #expect(key == .event(0))
    }

    @Test func `adds a duration to a time`() throws {
        let list = try actions("[{assign: {until: + 3d}}]")
        guard case .assign(let assignments) = list[0].verb else { return otherAction() }
        #expect(assignments[0].value == .literal(.int(259_200_000)))
    }

    @Test func `puts an element by its key`() throws {
        let list = try actions("[{put: {lines: {qty: event.qty, n: event.n}}, when: event.qty > 0}]")
        guard case .put(let put) = list[0].verb else { return otherAction() }
        #expect(put.key == .event(0))
        #expect(put.fields.map(\.slot) == [2])
        #expect(list[0].when != nil)
    }

    @Test func `loops with a name for the element, also inside each other`() throws {
        let list = try actions(
            """
            [{forEach: {in: lines, as: l}, do: [
              {forEach: {in: lines, as: m}, do: [{assign: {'lines[m.n].qty': l.qty}}]}]}]
            """)
        guard case .forEach(_, let outer, let body) = list[0].verb, case .forEach(_, let inner, _) = body[0].verb else {
            return otherAction()
        }
        #expect((outer, inner) == (0, 1))
    }

    @Test func `raises an event whose data follows from what is raised`() throws {
        let list = try actions(
            "[{raise: x, data: {cents: 0, who: who}}, {raise: x, data: {who: \"'me'\", cents: event.paid}}]",
            raised:
                ", x: {guard: event.cents > total AND event.who = who, actions: [{raise: y, data: {z: event.cents}}]}"
                + ", y: {guard: event.z > total, target: b}")
        guard case .raise("x", let first) = list[0].verb, case .raise("x", let second) = list[1].verb else {
            return otherAction()
        }
        #expect(first == [.literal(.int(0)), .context(0)])
        #expect(second == [.event(2), .literal(.text("me"))])
    }

    @Test func `sends with body, key, message group, delay and properties`() throws {
        let list = try actions(
            """
            [{send: {topic: order, tag: x-y, key: event.n, messageGroup: who, delay: 1h, body: {n: 1, who: who},
              properties: {on: "'yes'"}}}]
            """)
        guard case .send(let send) = list[0].verb else { return otherAction() }
        #expect((send.topic, send.tag) == ("order", "x-y"))
        #expect(send.key == .event(0) && send.messageGroup == .context(0))
        #expect(send.delay == .literal(.int(3_600_000)))
        #expect(send.body?.map(\.name) == ["n", "who"])
        #expect(send.body?.map(\.type) == [.number(.plain), .text])
        #expect(send.properties.map(\.name) == ["on"])
    }

    @Test func `moves stock for one line or for each element`() throws {
        let list = try actions(
            """
            [{reserve: {each: lines, sku: sku, qty: qty, then: {raise: x}, else: {raise: x}}},
             {reserve: {sku: "'limit:' || who", qty: 1, of: 2, else: refuse}, when: 1 = 1},
             {confirm: {sku: who, at: "'north'", qty: 1, when: 1 = 1}}, {ship: {sku: who, qty: 1}},
             {restock: {sku: who, qty: 1}}, {scrap: {sku: who, qty: 1}}, {release: {sku: who, qty: 1}}, {release: held}]
            """, raised: ", x: b")
        let stock = list.compactMap { action -> Action.StockAction? in
            if case .stock(let stock) = action.verb { stock } else { nil }
        }
        #expect(
            stock.map(\.verb) == [
                .reserve, .reserve, .confirm, .ship, .restock, .scrap, .release, .releaseHeld,
            ])
        #expect(stock[0].each == .context(3))
        // In `each` bare names are the element's fields first.
        #expect(stock[0].sku == .member(.bound(0), 1))
        #expect(stock[0].then == "x" && stock[0].otherwise == "x")
        #expect(stock[1].quota == .literal(.int(2)) && stock[1].otherwise == nil)
        #expect(list[1].when != nil && list[2].when != nil)
        #expect(stock[2].location == .literal(.text("north")))
    }

    @Test func `takes goods back to where they came from, or to another place`() throws {
        let list = try actions(
            "[{restock: {sku: who, at: who, qty: 1}}, {restock: {sku: who, qty: 1, to: \"'south'\"}}]")
        let places = list.compactMap { action -> Expression?? in
            if case .stock(let stock) = action.verb { stock.destination } else { nil }
        }
        #expect(places == [nil, .literal(.text("south"))])
    }

    @Test func `extends, moves and stops a timeout by its name`() throws {
        let list = try actions(
            """
            [{extend: {timeout: soon, by: 1h}}, {reschedule: {timeout: soon, at: event.until}},
             {stop: {timeout: soon}}]
            """)
        guard case .extend(0, .literal(.int(3_600_000))) = list[0].verb,
            case .reschedule(0, .event(3)) = list[1].verb, case .stop(0) = list[2].verb
        else { return otherAction() }
    }
}
