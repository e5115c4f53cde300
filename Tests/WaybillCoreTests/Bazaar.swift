import WaybillCore
import WorkflowFile

/// A workflow that does a bit of everything: lines, payments, stock with limits, parcels, returns, timeouts, messages.
enum Bazaar {
    static func workflow() throws -> Workflow { try WorkflowFile.load(stored: text) }

    private static let text = """
        id: bazaar
        version: 1
        commands:
          place: {data: {buyer: text, pay_within: optional duration, lines: {list: {line: text, sku: text, qty: count,
                  price_cents: cents}, max: 8}}}
          pay: {key: payment, data: {payment: text, amount_cents: cents}}
          ship: {key: parcel, data: {parcel: text, line: text, qty: count}}
          cancel: {}
          extend: {data: {by: duration}}
          refund: {data: {amount_cents: cents}}
          take_back: {data: {line: text, qty: count, is_broken: bool}}
        context:
          buyer: text
          pay_within: optional duration
          lines: {key: line, max: 8, of: {sku: text, qty: count, price_cents: cents, shipped: count, returned: count}}
          payments: {key: payment, max: 4, of: {captured: cents, refunded: cents}}
          notes: count
        attributes: [buyer]
        derive:
          total_cents: 'SUM(l IN lines: l.qty * l.price_cents)'
          captured_cents: 'SUM(p IN payments: p.captured - p.refunded)'
        invariants:
          - 'EVERY(l IN lines: l.shipped <= l.qty AND l.returned <= l.shipped)'
          - 'EVERY(p IN payments: p.refunded <= p.captured)'
        status: CASE WHEN IN_STATE('money.unpaid') THEN 'unpaid' WHEN IN_STATE('goods.gone') THEN 'gone' ELSE 'open' END
        type: parallel
        entry:
          - reserve: {each: lines, sku: sku, qty: qty, then: {raise: taken}, else: {raise: sold_out}}
          - reserve: {sku: "'limit:' || buyer", qty: 1, of: 3}
        states:
          money:
            initial: unpaid
            on:
              taken: {actions: [{send: {topic: order, tag: placed, properties: {buyer: buyer, total: total_cents}}}]}
              pay: {actions: [{put: {payments: {payment: event.payment, captured: event.amount_cents}}}]}
              refund:
                actions:
                  - forEach: {in: 'ALLOCATE(event.amount_cents OVER payments BY captured - refunded)', as: part}
                    do:
                      - assign: {'payments[part.key].refunded': '+ part.amount'}
                      - send: {topic: refunds, key: part.key, messageGroup: buyer, delay: 1h,
                               body: {payment: part.key, amount_cents: part.amount}}
            states:
              unpaid:
                after:
                  pay_due: {in: pay_within, target: lapsed}
                  remind: {in: 10m, actions: [{assign: {notes: '+ 1'}}, {send: {topic: order, tag: remind}}]}
                on:
                  cancel: lapsed
                  sold_out: lapsed
                  extend: {actions: [{extend: {timeout: pay_due, by: event.by}}]}
                always: {guard: captured_cents >= total_cents AND COUNT(lines) > 0, target: paid}
              paid: {entry: [{confirm: {each: lines, sku: sku, qty: qty}}, {send: {topic: order, tag: paid}}]}
              lapsed: {entry: [{release: held}, {raise: closed}]}
          goods:
            initial: here
            states:
              here:
                on:
                  closed: gone
                  ship:
                    guard: IN_STATE('money.paid')
                    actions:
                      - assign: {'lines[event.line].shipped': '+ event.qty'}
                      - ship: {sku: 'lines[event.line].sku', qty: event.qty}
                always: {guard: 'COUNT(lines) > 0 AND EVERY(l IN lines: l.shipped = l.qty)', target: gone}
                after: {idle: {in: 1d, target: here}}
              gone:
                after: {forget: {in: 7d, actions: [{assign: {notes: '+ 1'}}]}}
                on:
                  take_back:
                    - guard: event.is_broken
                      actions:
                        - assign: {'lines[event.line].returned': '+ event.qty'}
                        - scrap: {sku: 'lines[event.line].sku', qty: event.qty}
                    - actions:
                        - assign: {'lines[event.line].returned': '+ event.qty'}
                        - restock: {sku: 'lines[event.line].sku', qty: event.qty}
                        - {stop: {timeout: forget}}
        """
}

/// Stock that remembers, for one order after another.
final class BazaarStock: StockFacts {
    private(set) var levels: [StockKey: StockLevel] = [:]

    init(_ amounts: [SKU: Int64]) {
        for (sku, amount) in amounts { settle([Movement(.receive, StockKey(sku: sku), amount)]) }
    }

    func reserve(_ lines: [ReserveLine], after movements: [Movement]) -> ReserveAnswer {
        var now = levels
        for movement in movements { now[movement.key] = now[movement.key]?.applying(movement) }
        var opened: [Int] = []
        for (index, line) in lines.enumerated() {
            if now[line.key] == nil, let quota = line.quota {
                opened.append(index)
                now[line.key] = StockLevel().applying(Movement(.receive, line.key, quota))
            }
            let level = now[line.key] ?? StockLevel()
            guard let next = level.applying(Movement(.reserve, line.key, line.quantity)) else {
                return .short(line: index, free: level.free)
            }
            now[line.key] = next
        }
        return .done(opened: opened)
    }

    /// Takes up what a decision moved; false when it does not fit.
    @discardableResult
    func settle(_ movements: [Movement], opening lines: [ReserveLine] = []) -> Bool {
        for line in lines { settle([Movement(.receive, line.key, line.quota ?? 0)]) }
        for movement in movements {
            guard let next = (levels[movement.key] ?? StockLevel()).applying(movement) else { return false }
            levels[movement.key] = next
        }
        return true
    }
}
