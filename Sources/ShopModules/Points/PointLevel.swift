/// What a member has reached by points.
public enum PointLevel: Int, CaseIterable, Comparable, Sendable {
    case basic, silver, gold, platinum

    /// The points from which on a member has this level.
    public var pointsMin: Int64 {
        switch self {
        case .basic: 0
        case .silver: 1_000
        case .gold: 10_000
        case .platinum: 100_000
        }
    }

    /// The level of so many points.
    public init(points: Int64) { self = Self.allCases.last { $0.pointsMin <= points } ?? .basic }

    public var name: String {
        switch self {
        case .basic: "basic"
        case .silver: "silver"
        case .gold: "gold"
        case .platinum: "platinum"
        }
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A member's points.
public struct PointsAccount: Hashable, Sendable {
    /// Given for joining.
    public var welcome: Int64
    /// Earned by orders.
    public var earned: Int64

    public init(welcome: Int64, earned: Int64) {
        self.welcome = welcome
        self.earned = earned
    }

    public var points: Int64 { welcome + earned }
    public var level: PointLevel { PointLevel(points: points) }
}
