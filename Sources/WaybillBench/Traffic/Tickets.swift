import Synchronization

/// Gives out 0, 1, 2 ... to many tasks at once.
final class Tickets: Sendable {
    private let next = Atomic(0)

    func take() -> Int { next.wrappingAdd(1, ordering: .relaxed).oldValue }
    /// Several that follow each other; answers the first of them.
    func take(_ count: Int) -> Int { next.wrappingAdd(count, ordering: .relaxed).oldValue }
    var taken: Int { next.load(ordering: .relaxed) }
}
