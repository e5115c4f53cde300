import WaybillStore

/// Cursors whose rows say what cannot be: they are parked, and all else is served.
///
/// Nothing is delivered from such a queue to the group, because it is not known any more what it has had. The lag of
/// the group says so, and a look-back begins anew.
extension Broker {
    /// Whether a cursor is parked because its row is damaged.
    func isDamaged(_ key: CursorKey) -> Bool {
        guard pending.cursors[key]?.opened == nil else { return false }
        return committed { $0.isDamaged(key) }
    }
}
