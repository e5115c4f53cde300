import Testing
import WaybillCore

@Suite struct `A set of states` {
    private static func set(_ states: [Int]) -> StateSet {
        var set = StateSet()
        for state in states { set.insert(state) }
        return set
    }

    /// The ends of each of the four words in which states are kept.
    private static let edges = [0, 1, 62, 63, 64, 65, 127, 128, 129, 191, 192, 193, 254, 255]

    @Test(arguments: edges)
    func `holds each state by itself`(state: Int) {
        var set = StateSet()
        set.insert(state)
        #expect(set.states == [state])
        for other in 0..<StateSet.countMax { #expect(set.contains(other) == (other == state)) }
        set.insert(state)
        #expect(set.states == [state])
        set.remove((state + 64) % StateSet.countMax)
        #expect(set.contains(state))
        set.remove(state)
        #expect(set.isEmpty)
        set.remove(state)
        #expect(set == StateSet())
    }

    @Test func `has no state outside its bounds`() {
        let full = Self.set(Array(0..<StateSet.countMax))
        #expect(full.states == Array(0..<256))
        for state in [-1, -64, 256, 257, 320, .max, .min] {
            #expect(!full.contains(state), "\(state)")
            var unchanged = full
            unchanged.remove(state)
            #expect(unchanged == full, "\(state)")
        }
    }

    @Test func `is as another set of the same states, in whatever order they came`() {
        let (forwards, backwards) = (Self.set(Self.edges), Self.set(Self.edges.reversed()))
        #expect(forwards == backwards)
        #expect(forwards.hashValue == backwards.hashValue)
        #expect(forwards.states == Self.edges)
        #expect(backwards.states == Self.edges)
        #expect(forwards != Self.set(Array(Self.edges.dropLast())))
    }

    @Test func `agrees with Swift's set through random changes`() {
        var dice = ExpressionDice(seed: 11)
        var (left, right) = (StateSet(), StateSet())
        var (leftModel, rightModel): (Set<Int>, Set<Int>) = ([], [])
        for _ in 0..<3_000 {
            let state = dice.roll(0...StateSet.countMax - 1)
            switch dice.roll(0...9) {
            case 0...3:
                left.insert(state)
                leftModel.insert(state)
            case 4...7:
                left.remove(state)
                leftModel.remove(state)
            case 8:
                left.formUnion(right)
                leftModel.formUnion(rightModel)
            default:
                swap(&left, &right)
                swap(&leftModel, &rightModel)
            }
            #expect(left.states == leftModel.sorted())
            #expect(left.isEmpty == leftModel.isEmpty)
            #expect(left.intersects(right) == !leftModel.isDisjoint(with: rightModel))
            #expect(left.contains(state) == leftModel.contains(state))
        }
    }

    @Test func `stops where its visitor throws`() {
        struct Enough: Error {}
        var visited: [Int] = []
        #expect(throws: Enough.self) {
            try Self.set([3, 70, 200]).forEach { state throws(Enough) in
                visited.append(state)
                if state == 70 { throw Enough() }
            }
        }
        #expect(visited == [3, 70])
    }
}
