import WaybillCore

/// How big a rush may be. A file beyond a limit gets a finding that names it.
enum ScenarioLimits {
    static let shoppersMax: Int64 = 50_000_000
    static let itemsMax: Int64 = 100_000
    static let unitsMax: Int64 = 1_000_000_000
    static let centsMax: Int64 = 1_000_000_000_000
    static let looksMax: Int64 = 2_000
    static let listMax = 32
    static let attemptsMax: Int64 = 1_000
    static let zipfMax: Int64 = 3_000
    static let lengthMax = Interval.days(7)
    /// Nobody reacts faster than this to an answer; what happens at fixed intervals may.
    static let reactionMin = Interval(milliseconds: 1_000)
    /// What is answered within this time of each other is decided together, and a page is as old at most.
    static let reactionMax = Interval.seconds(2)
    static let curveRowsMax = 100_000
    static let curveBytesMax = 16 << 20
    static let textBytesMax = 400
}
