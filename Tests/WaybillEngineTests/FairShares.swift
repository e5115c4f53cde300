import Testing
import WaybillCore
import WaybillEngine
import WaybillTimeouts

@Suite struct `A crowd before the writer` {
    /// How many are taken, 64 at a time, before the first one that `isSought`.
    private func wait(in line: inout FairLine<String>, for item: String) -> Int? {
        var seen = 0
        while !line.isEmpty {
            let items = line.take(64)
            if let index = items.firstIndex(of: item) { return seen + index }
            seen += items.count
        }
        return nil
    }

    @Test func `for one item does not keep an order for another waiting, whoever sends it`() {
        for caller: Text in ["shop", ""] {
            var line = FairLine<String>()
            for number in 0..<10_000 {
                #expect(
                    line.add("hot", for: Account(caller: caller, skus: ["hot"], order: OrderID("\(number)"))) == nil)
            }
            #expect(line.add("cold", for: Account(caller: caller, skus: ["cold"], order: "cold")) == nil)
            // A round holds 8 of the hot item, and 256 of the caller count for a round.
            #expect(wait(in: &line, for: "cold").map { $0 <= (10_000 / 256 + 1) * 8 } == true)
        }
    }

    @Test func `of many buyers for one item does not keep an order for another waiting`() {
        var line = FairLine<String>()
        for number in 0..<10_000 {
            let account = Account(caller: Text("buyer-\(number)"), skus: ["hot"], order: OrderID("\(number)"))
            #expect(line.add("hot", for: account) == nil)
        }
        #expect(line.add("cold", for: Account(caller: "ann", skus: ["cold"], order: "cold")) == nil)
        #expect(wait(in: &line, for: "cold").map { $0 <= 8 } == true)
    }

    @Test func `of one caller's requests does not keep another caller waiting`() {
        var line = FairLine<String>()
        for number in 0..<10_000 {
            let account = Account(caller: "bot", skus: [SKU("sku-\(number)")], order: OrderID("\(number)"))
            #expect(line.add("bot", for: account) == nil)
        }
        #expect(line.add("ann", for: Account(caller: "ann", order: "a-1")) == nil)
        #expect(wait(in: &line, for: "ann").map { $0 <= 256 } == true)
    }

    @Test func `is told so when its share of the room is taken, and only it`() {
        var shares = FairShares()
        shares.waitingPerSKUMax = 16
        shares.waitingPerCallerMax = 32
        var line = FairLine<String>(limits: shares)
        for _ in 0..<16 { #expect(line.add("x", for: Account(skus: ["hot"])) == nil) }
        let refusal = line.add("x", for: Account(skus: ["cold", "hot"]))
        #expect(refusal == .crowded("the SKU hot", max: 16, retryAfter: .seconds(1)))
        #expect(refusal?.message.contains("nothing was stored") == true)
        #expect(line.add("x", for: Account(skus: ["cold"])) == nil)
        for _ in 0..<32 { #expect(line.add("x", for: Account(caller: "bot")) == nil) }
        #expect(line.add("x", for: Account(caller: "bot"))?.code == "crowded")
        #expect(line.add("x", for: Account(caller: "ann")) == nil)
        // Who is nobody in particular has no share of its own.
        for _ in 0..<100 { #expect(line.add("x", for: Account()) == nil) }
        _ = line.take(.max)
        #expect(line.add("x", for: Account(caller: "bot", skus: ["hot"])) == nil)
    }

    @Test func `leaves the requests about one order in their order`() {
        var dice = SeededGenerator(seed: 7)
        var line = FairLine<String>()
        var taken: [String] = []
        var sent: [Int: Int] = [:]
        for _ in 0..<5_000 {
            let order = Int.random(in: 0..<20, using: &dice)
            let account = Account(
                caller: Text("c-\(Int.random(in: 0..<3, using: &dice))"),
                skus: Bool.random(using: &dice) ? ["hot"] : [], order: OrderID("\(order)"))
            #expect(line.add("\(order) \(sent[order, default: 0])", for: account) == nil)
            sent[order, default: 0] += 1
            if Int.random(in: 0..<100, using: &dice) == 0 { taken += line.take(Int.random(in: 1...80, using: &dice)) }
        }
        while !line.isEmpty { taken += line.take(77) }
        // Each once, and those of an order as they came.
        #expect(taken.count == 5_000)
        for (order, count) in sent {
            let mine = taken.filter { $0.hasPrefix("\(order) ") }
            #expect(mine == (0..<count).map { "\(order) \($0)" })
        }
    }
}
