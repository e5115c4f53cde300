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
}

extension Example.Step {
    static func get(_ target: String) -> Example.Step { Example.Step(.get, target) }
}
