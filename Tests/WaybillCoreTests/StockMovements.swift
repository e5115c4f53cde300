import Testing
import WaybillCore

/// Promise P3 in the core: received + adjusted = free + reserved + sold, each from 0 up, after any movements.
@Suite struct `A stock level` {
    private let mug = StockKey(sku: "mug")

    @Test func `stays balanced under any movements, and refuses those that do not fit`() {
        var lot = SeededLot(5)
        var refused = 0
        for _ in 0..<200 {
            var level = StockLevel()
            var holding = Holding(key: mug)
            for _ in 0..<60 {
                let kind = lot.pick(Movement.Kind.allCases)
                let movement = Movement(kind, mug, lot.pick([1, 1, 2, 3, 7, -2, 0, .max, .min, .max - 3, -.max]))
                let isOrders = kind != .receive && kind != .adjust
                guard let next = level.applying(movement),
                    let held = holding.applying(movement) ?? (isOrders ? nil : holding)
                else {
                    refused += 1
                    continue
                }
                level = next
                holding = held
                #expect(level.isBalanced, "\(movement) led to \(level)")
                #expect(holding.reserved == level.reserved && holding.sold == level.sold)
                #expect(holding.shipped >= 0 && holding.shipped <= holding.sold)
            }
        }
        #expect(refused > 1_000)
    }

    @Test func `is never left by more than it has`() {
        var level = StockLevel()
        level.received = 5
        level.free = 3
        level.reserved = 2
        #expect(level.applying(Movement(.reserve, mug, 4)) == nil)
        #expect(level.applying(Movement(.confirm, mug, 3)) == nil)
        #expect(level.applying(Movement(.release, mug, 3)) == nil)
        #expect(level.applying(Movement(.giveBack, mug, 1)) == nil)
        #expect(level.applying(Movement(.adjust, mug, -4)) == nil)
        #expect(level.applying(Movement(.adjust, mug, -3))?.free == 0)
        #expect(level.applying(Movement(.reserve, mug, 3))?.reserved == 5)
    }

    @Test func `does not overflow`() {
        var level = StockLevel()
        level.received = .max
        level.free = .max
        #expect(level.applying(Movement(.receive, mug, 1)) == nil)
        #expect(level.applying(Movement(.adjust, mug, .max)) == nil)
        #expect(level.applying(Movement(.adjust, mug, .min)) == nil)
        #expect(level.applying(Movement(.adjust, mug, -.max + 1))?.free == 1)
        #expect(level.applying(Movement(.reserve, mug, .max))?.free == 0)
    }
}

/// What an order holds: no action goes beyond it.
@Suite struct `An order's holding` {
    private let pot = StockKey(sku: "pot", location: "berlin")

    @Test func `ships what is sold, and takes back what was shipped`() {
        var holding = Holding(key: pot)
        func apply(_ kind: Movement.Kind, _ quantity: Int64) -> Bool {
            guard let next = holding.applying(Movement(kind, pot, quantity)) else { return false }
            holding = next
            return true
        }
        #expect(!apply(.confirm, 1))
        #expect(apply(.reserve, 5))
        #expect(!apply(.ship, 1), "reserved is not sold")
        #expect(apply(.confirm, 4))
        #expect(apply(.ship, 2))
        #expect(!apply(.giveBack, 3), "two of the four have left the building")
        #expect(apply(.giveBack, 1))
        #expect(!apply(.restock, 3))
        #expect(apply(.restock, 1))
        #expect(apply(.scrap, 1))
        #expect(!apply(.scrap, 1))
        #expect(apply(.release, 1))
        #expect(holding == Holding(key: pot, reserved: 0, sold: 1, shipped: 0))
    }

    @Test func `ends when nothing of it is left`() throws {
        let workflow = try Bazaar.workflow()
        var order = Order(id: "o", workflow: workflow, placedAt: Moment(milliseconds: 0))
        let moved = order.move(Movement(.reserve, pot, 2))
        #expect(moved)
        #expect(order.holdings == [Holding(key: pot, reserved: 2)])
        let released = order.move(Movement(.release, pot, 2))
        #expect(released)
        #expect(order.holdings == [])
        let beyond = order.move(Movement(.release, pot, 1))
        #expect(!beyond)
    }
}
