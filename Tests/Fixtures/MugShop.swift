/// The shop of most tests: mugs at one price, thirty minutes to pay.
package enum MugShop {
    package static let priceCents: Int64 = 1_250
    package static let timeout = "unpaid.after.30m"
    /// When it opens, in milliseconds since 1970.
    package static let openingMilliseconds: Int64 = 1_764_000_000_000

    package static let text = """
        id: mug-shop
        version: 1
        commands:
          place: {by: buyer, data: {buyer: text, qty: count, price_cents: cents}}
          pay: {by: payments, key: payment, data: {payment: text, amount_cents: cents}}
          cancel: {by: buyer}
        context: {buyer: text, qty: count, price_cents: cents, paid_cents: cents}
        attributes: [buyer]
        status: CASE WHEN IN_STATE('unpaid') THEN 'awaiting payment' WHEN IN_STATE('paid') THEN 'paid' ELSE 'closed' END
        initial: unpaid
        states:
          unpaid:
            entry:
              - reserve: {sku: "'mug'", qty: qty}
              - send: {topic: orders, tag: placed}
            after:
              30m: closed
            on:
              cancel: closed
              pay:
                guard: event.amount_cents >= qty * price_cents
                target: paid
                actions: [{assign: {paid_cents: + event.amount_cents}}]
          paid:
            type: final
            entry:
              - confirm: {sku: "'mug'", qty: qty}
              - send: {topic: orders, tag: paid}
          closed:
            type: final
            entry:
              - release: held
              - send: {topic: orders, tag: closed}
        """
}
