/// What the shoppers say became of them, as far as they were answered.
struct CrowdTally {
    private(set) var bots = 0
    private(set) var askedPerItem: [Int: Int] = [:]
    private(set) var acceptedPerItem: [Int: Int] = [:]
    private(set) var byBots = 0
    private(set) var paidByMethod: [Int: Int] = [:]
    private(set) var cancelled = 0
    private(set) var cancelsTooLate = 0
    /// When the server died; microseconds.
    var crashes: [Int64] = []
    private var botNumbers: Set<Int> = []

    mutating func arrives(_ shopper: Shopper) {
        askedPerItem[shopper.item, default: 0] += 1
        if shopper.isBot {
            bots += 1
            botNumbers.insert(shopper.number)
        }
    }

    mutating func hears(_ answer: ShopAnswer, to request: ShopRequest) {
        switch (request.kind, answer) {
        case (.place, .accepted(isRepeat: false)):
            acceptedPerItem[request.item, default: 0] += 1
            if botNumbers.contains(request.shopper) { byBots += 1 }
        case (.pay(let method), .accepted(isRepeat: false)): paidByMethod[method, default: 0] += 1
        case (.cancel, .accepted(isRepeat: false)): cancelled += 1
        case (.cancel, .refused(.notPossible)): cancelsTooLate += 1
        case (.place, _), (.pay, _), (.cancel, _): break
        }
    }
}
