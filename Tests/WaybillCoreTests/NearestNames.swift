import Testing
import WaybillCore

/// What was meant by a name that is not there.
@Suite struct `The nearest name` {
    @Test(arguments: [
        ("pya", "pay"), ("pay_order", "payorder"), ("Pay", "pay"), ("shiped", "shipped"), ("ship", "shop"),
        ("cancelled", "canceled"), ("reserv", "reserve"), ("ab", "a"), ("xpaid", "paid"),
    ])
    func `is one that a slip makes of it`(name: String, meant: String) {
        #expect(nearestName(to: Text(name), among: ["elsewhere", Text(meant), "nothing"]) == Text(meant))
    }

    @Test(arguments: ["p", "zzzz", String(repeating: "a", count: 65)])
    func `is none of a name that resembles none`(name: String) {
        #expect(nearestName(to: Text(name), among: ["pay", "ship", Text(String(repeating: "a", count: 64))]) == nil)
    }

    @Test func `is the nearest of several, and the first of those that are as near`() {
        #expect(nearestName(to: "shippd", among: ["shipment", "shipped", "ships"]) == "shipped")
        #expect(nearestName(to: "pax", among: ["pay", "paz"]) == "pay")
    }

    /// Against the whole table of distances, which is slow and plain.
    @Test func `has the distance that all changes of letters have`() {
        let letters: [Character] = ["a", "b", "c"]
        var state: UInt64 = 7
        func letter(_ count: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % count
        }
        func word() -> String { String((0..<(2 + letter(14))).map { _ in letters[Int(letter(3))] }) }
        for _ in 0..<3_000 {
            let (name, other) = (word(), word())
            guard name != other else { continue }
            let near = distance(Array(name.utf8), Array(other.utf8)) <= max(1, name.utf8.count / 3)
            #expect((nearestName(to: Text(name), among: [Text(other)]) != nil) == near, "\(name) \(other)")
        }
    }

    private func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var table = [[Int]](repeating: Array(0...b.count), count: a.count + 1)
        for i in 0...a.count { table[i][0] = i }
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        for i in 1...a.count {
            for j in 1...b.count {
                var cost = min(table[i - 1][j] + 1, table[i][j - 1] + 1)
                cost = min(cost, table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    cost = min(cost, table[i - 2][j - 2] + 1)
                }
                table[i][j] = cost
            }
        }
        return table[a.count][b.count]
    }
}
