/// The requests that examples begin with: a mug comes in, is ordered, is paid.
package enum ExampleShop {
    package static let stock = Example.Step(
        .post, "/v1/stock/mug/receive", [(.idempotencyKey, "delivery-1")],
        body: #"{"quantity":100,"note":"delivery 1"}"#)

    package static let place = Example.Step(
        .post, "/v1/orders", [(.idempotencyKey, "cart-42"), (.role, "buyer")],
        body: """
            {"id":"order-7","workflow":"standard-order","data":{"shop":"7","buyer":"ann","pay_within":"30m",
             "freight_cents":600,"discount_cents":0,
             "lines":[{"line":"1","sku":"mug","at":"","qty":2,"price_cents":900}]}}
            """)

    package static let pay = Example.Step(
        .post, "/v1/orders/order-7/commands/pay", [(.role, "payments"), (.ifMatch, "\"1\"")],
        body: #"{"payment":"p-1","channel":"card","amount_cents":2400}"#)

    /// A short workflow, for answers that show a whole order.
    package static let buy = Example.Step(
        .post, "/v1/orders", [(.idempotencyKey, "cart-43"), (.role, "shop")],
        body: """
            {"id":"order-8","workflow":"flash-sale",
             "data":{"buyer":"ann","sku":"mug","at":"","price_cents":900,"limit":2}}
            """)

    package static let topic = Example.Step(.put, "/v1/topics/ledger", body: #"{"type":"mixed"}"#)

    package static let group = Example.Step(.put, "/v1/groups/shipping", body: #"{"max_attempts":5}"#)

    package static let message = Example.Step(
        .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "b-9")],
        body: """
            {"id":"booking-9","tag":"paid","keys":["order-7"],"properties":{"amount":"5300"},
             "data":{"amount_cents":5300}}
            """)

    package static let delayed = Example.Step(
        .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "b-12")],
        body: #"{"id":"booking-12","deliver_at":"2026-11-29T12:30:00Z","data":{"amount_cents":100}}"#)

    package static let laneMessage = Example.Step(
        .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "b-10"), (.lane, "blue")],
        body: #"{"id":"booking-10","data":{"amount_cents":100}}"#)

    package static let receive = Example.Step(
        .post, "/v1/groups/shipping/receive", body: #"{"topic":"order","client":"shipper-3"}"#)

    package static let receiveBooking = Example.Step(
        .post, "/v1/groups/shipping/receive",
        body: #"{"topic":"ledger","tags":"paid","max":16,"client":"shipper-3","attempt":"a-901"}"#)

    /// The delivery of ``receiveBooking`` goes to the dead letters.
    package static let giveUp = Example.Step(
        .post, "/v1/groups/shipping/dead-letter",
        body: """
            {"receipts":["0101010601000101a5f9d8b9cd8dfbcce00122d914052b5f640d04e83cc763e3bfb9"],
             "why":"the address does not exist"}
            """)

    /// A workflow of few words.
    package static let rental = Example.Step(
        .put, "/v1/workflows/rental", body: "{\"text\":\"\(rentalText.replacing("\n", with: "\\n"))\"}")

    package static let rentalText = """
        id: rental
        version: 1
        commands:
          book: {by: rider, data: {bicycle: text, hours: optional count}}
          return: {}
        context: {bicycle: text}
        attributes: [bicycle]
        initial: out
        states:
          out: {on: {return: back}}
          back: {type: final}
        """

    /// Of that text.
    package static let rentalHash = "360178e0d1b0c5ffbf6a544579f2a06ea608e8308fa82b75c8d1d46f1aa0e67a"

    package static let half = Example.Step(
        .post, "/v1/half-messages",
        body: #"{"topic":"ledger","producer":"bank","message":{"id":"booking-11","data":{"amount_cents":700}}}"#)
}

extension Example.Step {
    static func get(_ target: String) -> Example.Step { Example.Step(.get, target) }
}
