import WaybillCore
import WorkflowFile

/// The workflow that the benchmarks run: small, with one of everything that an order of a shop has.
enum BenchWorkflow {
    static let name: WorkflowName = "bench-order"

    static let text = """
        id: bench-order
        version: 1
        commands:
          place:
            by: shop
            data:
              shop: text
              buyer: text
              pay_until: time
              lines: {list: {line: text, sku: text, qty: count, price_cents: cents}, max: 20}
          rearm: {by: shop}
          pay: {by: payments, key: payment, data: {payment: text, amount_cents: cents}}
        context:
          shop: text
          buyer: text
          pay_until: time
          paid_cents: cents
          lines: {key: line, max: 20, of: {sku: text, qty: count, price_cents: cents}}
        attributes: [buyer]
        derive:
          total_cents: 'SUM(l IN lines: l.qty * l.price_cents)'
        status: >-
          CASE WHEN IN_STATE('unpaid') THEN 'awaiting payment' WHEN IN_STATE('paid') THEN 'paid' ELSE 'closed' END
        initial: unpaid
        entry:
          - reserve: {each: lines, sku: sku, qty: qty}
          - send: {topic: order, tag: placed}
        states:
          unpaid:
            after:
              pay_due: {at: pay_until, target: closed}
            on:
              rearm: unpaid
              pay:
                - guard: event.amount_cents = total_cents
                  target: paid
                  actions: [{assign: {paid_cents: + event.amount_cents}}]
          paid:
            type: final
            entry:
              - confirm: {each: lines, sku: sku, qty: qty}
              - send: {topic: order, tag: paid}
          closed:
            type: final
            entry:
              - release: held
              - send: {topic: order, tag: closed}
        """

    static func load() throws -> Workflow { try WorkflowFile.load(text, name: "bench-order.yaml") }
}
