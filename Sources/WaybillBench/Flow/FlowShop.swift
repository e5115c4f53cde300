import ShopModules
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// A shop with the standard workflow over a scratch file, and perhaps with modules that follow its orders.
struct FlowShop: Sendable {
    static let submitters = 256
    private static let rowsPerWrite = 1_000
    /// Without progress for so long, something is wrong with the modules and not with the machine.
    private static let patienceSeconds = 120.0

    let book: OrderBook
    let traffic: FlowTraffic
    let file: ScratchFile

    /// Which modules follow the orders.
    static func modules() -> [any ShopModule] { [Cart(), Points(), Coupons(welcomeCents: 0, world: .system)] }

    init(_ file: ScratchFile, _ traffic: FlowTraffic) throws {
        self.file = file
        self.traffic = traffic
        book = try OrderBook.open(file.path)
    }

    func close() { book.close() }

    func install(_ modules: [any ShopModule]) async throws {
        for module in modules { try await book.install(module) }
    }

    // MARK: Before the clock runs

    /// Fills the shelves, and prints the coupons of `count` orders into the stock.
    func stock(for count: Int) async throws {
        var requests = traffic.goods.receipts()
        for code in (0..<count).compactMap(traffic.coupon) {
            requests.append(StockCommand(.receive(1), of: Coupon.stock(code)))
        }
        for start in stride(from: 0, to: requests.count, by: Self.rowsPerWrite) {
            for reply in book.engine.perform(Array(requests[start..<min(start + Self.rowsPerWrite, requests.count)])) {
                guard case .success = reply else {
                    throw BenchmarkFailure("a receipt of stock was refused: \(reply)")
                }
            }
        }
    }

    /// Puts what `count` orders will order into their buyers' carts, and hands out the coupons; for installed modules.
    func fillCarts(for count: Int) async throws {
        for start in stride(from: 0, to: count, by: Self.rowsPerWrite) {
            try await book.writeTables(deadline: .seconds(5)) { [traffic] tables in
                for number in start..<min(start + Self.rowsPerWrite, count) {
                    for line in traffic.goods.lines(number) {
                        try tables.execute(
                            """
                            INSERT INTO cart_line (buyer, sku, location, filled, ordered) VALUES (?, ?, '', ?, 0)
                            ON CONFLICT DO UPDATE SET filled = filled + excluded.filled
                            """,
                            [
                                .text(traffic.buyer(number)), .text(OrderTraffic.sku(line.sku).description),
                                .integer(line.quantity),
                            ])
                    }
                    guard let code = traffic.coupon(number) else { continue }
                    try tables.execute(
                        """
                        INSERT INTO coupon (code, campaign, member, cents, state, order_id, event)
                        VALUES (?, ?, ?, 50, 'free', NULL, 0)
                        """,
                        [.text(code), .text("campaign-\(number)"), .text(traffic.buyer(number))])
                }
            }
        }
    }

    // MARK: With the clock running

    /// Lets all submitters place and pay orders, each waiting for its answers, until `isOver`; answers how many.
    func sell(until isOver: @escaping @Sendable (Int) -> Bool) async throws -> Int {
        let tickets = Tickets()
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<Self.submitters {
                group.addTask { @concurrent in
                    var sold = 0
                    while true {
                        let number = tickets.take()
                        if isOver(number) { return sold }
                        try await submit(traffic.place(number))
                        try await submit(traffic.pay(number))
                        sold += 1
                    }
                }
            }
            return try await group.reduce(0, +)
        }
    }

    private func submit(_ command: Command) async throws {
        let reply = await book.engine.submit(command)
        guard case .accepted = reply else { throw BenchmarkFailure("an order was refused: \(reply)") }
    }

    /// Messages that the modules have not handled.
    func owed(_ modules: [any ShopModule]) throws -> Int64 {
        try modules.reduce(0) { sum, module in
            try sum + book.messages.lag(of: module.name).reduce(0) { $0 + $1.messages }
        }
    }

    /// Waits until the modules have handled everything.
    func drain(_ modules: [any ShopModule]) async throws {
        let watch = Stopwatch()
        while true {
            let owed = try owed(modules)
            if owed == 0 { return }
            guard watch.seconds < Self.patienceSeconds else {
                throw BenchmarkFailure("\(owed) messages are still owed after \(Self.patienceSeconds) seconds")
            }
            try await watch.wait(untilSeconds: watch.seconds + 0.02)
        }
    }
}
