import WaybillCore

/// Orders as requests over HTTP, with the same bytes wherever they are sent.
struct PlacingRequests: Sendable {
    private let orders: OrderTraffic
    private let middle: [UInt8]

    /// - Parameter target: where they are placed, and by whom.
    init(_ orders: OrderTraffic, at target: LoadTarget) {
        self.orders = orders
        // A server that is open to all takes no token that it does not know.
        let access = target.token.isEmpty ? "" : "Authorization: Bearer \(target.token)\r\n"
        middle = Array(
            """
             HTTP/1.1\r\nHost: \(target.host)\r\n\(access)Content-Type: application/json\r
            Waybill-Role: shop\r\nIdempotency-Key: 
            """.utf8)
    }

    /// The request that places an order.
    ///
    /// - Parameter path: where to; the same order is the same everywhere.
    func place(_ number: Int, at path: StaticString) -> [UInt8] {
        let command = orders.place(number)
        var body: [UInt8] = []
        body.reserveCapacity(command.data.count + 96)
        body += #"{"id":""#.utf8
        body += command.order.text.string.utf8
        body += #"","workflow":"bench-order","data":"#.utf8
        body += command.data
        body += "}".utf8
        var request: [UInt8] = []
        request.reserveCapacity(body.count + middle.count + 128)
        request += "POST ".utf8
        path.withUTF8Buffer { request += $0 }
        request += middle
        request += (command.key ?? "").string.utf8
        request += "\r\nContent-Length: \(body.count)\r\n\r\n".utf8
        request += body
        return request
    }

    /// A request without a body.
    func get(_ path: String) -> [UInt8] { Array("GET \(path)".utf8) + middle + Array("0\r\n\r\n".utf8) }

    /// A request with a short body.
    ///
    /// - Parameter key: names it, where the operation looks at that.
    func request(_ method: String, _ path: String, _ body: String, key: String = "0") -> [UInt8] {
        Array("\(method) \(path)".utf8) + middle
            + Array("\(key)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
    }

    /// A request with a short body and no key.
    func post(_ path: String, _ body: String) -> [UInt8] { request("POST", path, body) }
}
