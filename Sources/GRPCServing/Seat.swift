/// The place of a connection among those that may be open, in all and of each caller.
package protocol Seat: Sendable {
    /// The connection is this caller's from now on. False: the caller has as many as it may.
    ///
    /// - Parameter caller: a number for each caller, so that no name is kept.
    func claim(for caller: Int) -> Bool
    /// The connection is closed.
    func leave()
}

/// A place where there is room for all.
struct FreeSeat: Seat {
    func claim(for caller: Int) -> Bool { true }

    func leave() {}
}
