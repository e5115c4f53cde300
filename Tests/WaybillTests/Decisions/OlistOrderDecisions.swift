import Waybill

extension ShippedDecisions {
    /// The recorded marketplace: a step that is not in its table is refused.
    static let olistOrder = ShippedDecisions(workflow: "olist-order", moves: olistMoves, table: olistTable)
}

private let olistMoves: [String: JSON] = [
    "place": [
        "customer": "ann", "estimated_delivery": "2018-01-20T00:00:00Z",
        "items": [
            [
                "product": "mug", "seller": "potter", "price_cents": 1_990, "freight_cents": 870,
                "shipping_limit": "2018-01-10T00:00:00Z",
            ]
        ],
    ],
    "place nothing": ["customer": "ann", "estimated_delivery": "2018-01-20T00:00:00Z", "items": []],
    "approve": ["payments": [["type": "boleto", "installments": 1, "value_cents": 2_860]]],
    "approve unpaid": ["payments": []],
    "process": [:], "invoice": [:], "hand_over": [:], "deliver": [:], "cancel": [:], "mark_unavailable": [:],
    "cancel inferred": ["inferred": true],
]

private let olistTable = """
    nothing =
      place         | CREATED | CREATED
      place nothing | CREATED | CREATED
      unknown_order: approve, process, invoice, hand_over, deliver, cancel, mark_unavailable
    created = place
      approve         | PAID     | PAID
      approve unpaid  | PAID     | PAID
      cancel          | CANCELED | CANCELED
      cancel inferred | CANCELED | CANCELED
      order_exists: place
      not_possible: process, invoice, hand_over, deliver, mark_unavailable
    paid = created, approve
      process          | PROCESSING  | PROCESSING
      invoice          | INVOICED    | INVOICED
      hand_over        | SHIPPED     | SHIPPED
      cancel           | CANCELED    | CANCELED
      mark_unavailable | UNAVAILABLE | UNAVAILABLE
      order_exists: place
      not_possible: approve, deliver
    shipped = paid, hand_over
      deliver | DELIVERED | DELIVERED
      cancel  | CANCELED  | CANCELED
      order_exists: place
      not_possible: approve, process, invoice, hand_over, mark_unavailable
    processing = paid, process
      order_exists: place
      not_possible: approve, process, invoice, hand_over, deliver, cancel, mark_unavailable
    invoiced = paid, invoice
      order_exists: place
      not_possible: approve, process, invoice, hand_over, deliver, cancel, mark_unavailable
    delivered = shipped, deliver
      order_exists: place
      not_possible: approve, process, invoice, hand_over, deliver, cancel, mark_unavailable
    canceled = created, cancel
      order_exists: place
      not_possible: approve, process, invoice, hand_over, deliver, cancel, mark_unavailable
    unavailable = paid, mark_unavailable
      order_exists: place
      not_possible: approve, process, invoice, hand_over, deliver, cancel, mark_unavailable
    """
