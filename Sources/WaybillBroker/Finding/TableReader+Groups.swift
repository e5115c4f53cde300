import WaybillStore

extension TableReader where Self: ~Copyable {
    /// Shows every group that exists, however many there are.
    func forEachGroup(_ body: (GroupRow) throws -> Void) throws {
        var walk = PageWalk(after: GroupNumber(0), by: \GroupRow.number)
        while let page = try walk.next({ try groups(after: $0, limit: $1) }) {
            for group in page where group.deletedAt == nil { try body(group) }
        }
    }
}
