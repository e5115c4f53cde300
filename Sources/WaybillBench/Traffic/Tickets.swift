import Synchronization

/// Gives out 0, 1, 2 ... to many tasks at once.
final class Tickets: Sendable {
    private let next = Atomic(0)

    func take() -> Int { next.wrappingAdd(1, ordering: .relaxed).oldValue }
    var taken: Int { next.load(ordering: .relaxed) }
}
