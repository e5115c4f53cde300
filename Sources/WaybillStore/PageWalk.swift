/// A walk through rows in pages: each page begins after the last row of the one before it, and the first that is not
/// full is the last.
///
///     var walk = PageWalk(after: GroupNumber(0), by: \GroupRow.number)
///     while let page = try walk.next({ last, limit in try rows.groups(after: last, limit: limit) }) { ... }
package struct PageWalk<Row, Place> {
    private let limit: Int
    private let place: (Row) -> Place
    /// The place of the last row so far.
    private var last: Place
    private var isOver = false

    /// - Parameters:
    ///   - place: the place of a row in the order of the walk.
    ///   - limit: the rows of a page; 1 at least.
    package init(after start: Place, by place: @escaping (Row) -> Place, limit: Int = 1_000) {
        last = start
        self.place = place
        self.limit = max(1, limit)
    }

    /// The next page; nil: there are no more rows.
    package mutating func next<Failure: Error>(
        _ read: (_ last: Place, _ limit: Int) throws(Failure) -> [Row]
    ) throws(Failure) -> [Row]? {
        guard !isOver else { return nil }
        let page = try read(last, limit)
        isOver = page.count < limit
        guard let end = page.last else { return nil }
        last = place(end)
        return page
    }
}
