/// Draws the steps of a simulation from a seed.
struct FlashLot {
    private var dice: Dice
    /// Requests with keys that were sent, to be sent again.
    private var keyed: [(request: FlashRequest, key: String)] = []
    private var keys = 0

    init(seed: UInt64) { dice = Dice(state: seed) }

    mutating func next() -> FlashStep {
        switch below(20) {
        case 0: return .reopen(after: Int64(below(3)) * 600_000)
        case 1, 2, 3: return .pass(Int64(below(20 * 60_000)))
        case 4: return .pass(Int64(below(30)) * 3_600_000)
        case 5, 6: return again()
        default: return ask(request())
        }
    }

    /// The same request under the same key; or another one under that key.
    private mutating func again() -> FlashStep {
        guard !keyed.isEmpty else { return ask(request()) }
        // Mostly one of the last: what happened long ago is forgotten.
        let (request, key) = keyed[max(0, keyed.count - 1 - below(6))]
        let other = below(5) == 0 ? self.request() : request
        if case .answer = other { return .ask(other, key: nil) }
        return .ask(other, key: key)
    }

    private mutating func ask(_ request: FlashRequest) -> FlashStep {
        // An answer has the key of its call.
        if case .answer = request { return .ask(request, key: nil) }
        guard below(2) == 0 else { return .ask(request, key: nil) }
        keys += 1
        keyed.append((request, "k\(keys)"))
        return .ask(request, key: "k\(keys)")
    }

    private mutating func request() -> FlashRequest {
        let id = "o\(below(16))"
        let price = FlashSale.priceCents
        switch below(22) {
        case 0, 1: return .receive(1 + below(4))
        case 2: return .adjust([-2, -1, 1][below(3)])
        case 3, 4, 5, 6, 7: return .place(id, buyer: "b\(below(4))")
        case 8, 9, 10, 11, 12:
            return .pay(id, payment: "p\(below(40))", cents: [price, price, 2 * price, 3 * price, price / 2][below(5)])
        case 13, 14: return .cancel(id)
        case 15: return .extend(id, by: Int64(below(40) - 10) * 60_000)
        case 16: return .stop(id)
        case 17, 18: return .ship(id, parcel: "x\(below(40))")
        default:
            let cents = below(2) == 0 ? [price, price / 2][below(2)] : nil
            return .answer(id, call: 1 + below(2), isDone: below(3) > 0, cents: cents)
        }
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &dice) }
}
