public import WaybillCore
import WaybillEngine
import WaybillStore

/// A stock and its level.
public struct StockView: Hashable, Sendable {
    public let key: StockKey
    public let level: StockLevel
}

/// Which stocks a list holds.
public struct StockFilter: Hashable, Sendable {
    /// Only SKUs that begin with this; empty: all.
    public var prefix: String
    /// Only those with fewer free than this; nil: all. No index knows it, so a page may be short.
    public var shortOf: Int64?
    /// Only goods, or only purchase limits; nil: both. No index knows it, so a page may be short.
    public var kind: Kind?

    public init(prefix: String = "", shortOf: Int64? = nil, kind: Kind? = nil) {
        self.prefix = prefix
        self.shortOf = shortOf
        self.kind = kind
    }

    /// What a stock is of.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Units that can be sold.
        case goods
        /// What one buyer may have: made by `reserve` with `of:` when the buyer first comes.
        case limits

        package func holds(_ level: StockLevel) -> Bool {
            switch self {
            case .goods: level.purchaseLimit == nil
            case .limits: level.purchaseLimit != nil
            }
        }
    }

    /// What tells pages of this list from those of others.
    var scope: UInt64 {
        var digest = Digest()
        digest.add("stocks")
        digest.add(Text(prefix))
        digest.add(shortOf.map { Text("\($0)") })
        if let kind { digest.add(Text(kind.rawValue)) }
        return UInt64(bitPattern: digest.value)
    }
}

/// Lists of stocks.
extension OrderBook {
    /// One page of stocks by SKU and location, at most 1,000. A page may be short, even empty, while `next` says that
    /// there is more.
    ///
    /// - Throws: ``ListFailure``: a token of another list, or a file that cannot be read.
    public func stocks(
        _ filter: StockFilter = StockFilter(), after token: PageToken? = nil, limit: Int = 100
    ) async throws(ListFailure) -> Page<StockView> {
        try await engine.onThread { [self] (_) throws(ListFailure) in
            try stocks(filter, after: token, limit: limit)
        }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits.
    public func stocks(
        _ filter: StockFilter = StockFilter(), after token: PageToken? = nil, limit: Int = 100
    ) throws(ListFailure) -> Page<StockView> {
        let limit = min(max(limit, 1), Engine.pageMax)
        let scope = filter.scope
        var last: StockKey?
        if let token {
            guard let place = token.place(of: 2, in: scope) else { throw .refused(.badCursor) }
            last = StockKey(sku: SKU(place[0]), location: WaybillCore.Location(place[1]))
        }
        let found = try listing { [last] in
            try engine.stocks(beginning: Text(filter.prefix), after: last, limit: limit)
        }
        let end = found.count == limit ? found.last?.key : nil
        return Page(
            elements: found.filter { stock in
                (filter.shortOf.map { stock.level.free < $0 } ?? true) && (filter.kind?.holds(stock.level) ?? true)
            }.map { StockView(key: $0.key, level: $0.level) },
            next: end.map { PageToken(place: [$0.sku.text, $0.location.text], scope: scope) })
    }

    /// Reads a part of a list.
    func listing<Result>(_ body: () throws -> Result) throws(ListFailure) -> Result {
        do throws(StoreFailure) { return try reading(body) } catch { throw .unreadable(error) }
    }
}
