public import Waybill

/// What happens outside the file, one notice at a time.
extension Notifications {
    /// What came of a notice, to be recorded together with the beginning of the next.
    private enum Result {
        case sent
        case notSent(String)
        case inDoubt(String)
    }

    /// Sends what is ready.
    public func followUp(in book: OrderBook) async throws {
        var last: [(notice: Notice, result: Result)] = []
        var count = 0
        while true {
            let recorded = last
            let now = book.now
            // Once the round is over, what was begun last is recorded, and nothing else begins.
            let limit = count < Self.noticesPerRound ? noticesAtOnce : 0
            let next = try await book.writeTables { tables in
                for one in recorded { try Self.record(one.result, of: one.notice, at: now, tables) }
                return try Self.begin(limit, at: now, tables)
            }
            guard !next.isEmpty else { return }
            last = []
            for notice in next { last.append((notice, await send(notice))) }
            count += next.count
        }
    }

    private func send(_ notice: Notice) async -> Result {
        do {
            try await sender(notice)
            return .sent
        } catch let reason as NoticeNotSent {
            return .notSent(reason.description)
        } catch {
            return .inDoubt("\(error)")
        }
    }

    /// What is ready, the longest due first. SQLite does not see that `ready` is not `sent`, and takes the small index
    /// only when it is told so: else each round would read every notice that there ever was.
    package static let nextSQL = """
        SELECT \(Notice.columns) FROM notice WHERE state = 'ready' AND state <> 'sent' AND due <= ?
        ORDER BY due, number LIMIT ?
        """

    /// Marks the next notices as begun.
    private static func begin(_ limit: Int, at now: Moment, _ tables: borrowing ModuleTables) throws -> [Notice] {
        guard limit > 0 else { return [] }
        let ready = try tables.rows(
            nextSQL, [.integer(now.milliseconds), .integer(Int64(limit))]
        ).map { try Notice($0) }
        for notice in ready {
            try tables.execute(
                """
                UPDATE notice SET state = 'sending', attempts = attempts + 1, problem = NULL,
                    digest = row_digest(number, message_id, kind, channel, recipient, address, subject, 'sending', due,
                        attempts + 1, NULL)
                WHERE number = ?
                """,
                [.integer(notice.number)])
        }
        return ready
    }

    private static func record(
        _ result: Result, of notice: Notice, at now: Moment, _ tables: borrowing ModuleTables
    ) throws {
        let state: Notice.State
        var problem: SQLValue = .null
        var due = now
        switch result {
        case .sent: state = .sent
        case .inDoubt(let reason):
            state = .inDoubt
            problem = .text(reason)
        case .notSent(let reason):
            // The attempt that has just failed is not counted in what was read before it.
            state = notice.attempts + 1 < attemptsMax ? .ready : .failed
            problem = .text(reason)
            due = now.advanced(by: .init(milliseconds: firstWait.milliseconds << min(notice.attempts, 20)))
        }
        try tables.execute(
            """
            UPDATE notice SET state = ?1, problem = ?2, due = ?3, digest = row_digest(number, message_id, kind, channel,
                recipient, address, subject, ?1, ?3, attempts, ?2)
            WHERE number = ?4 AND state = 'sending'
            """,
            [.text(state.rawValue), problem, .integer(due.milliseconds), .integer(notice.number)])
    }

    // MARK: Asking and deciding

    /// The notices in a state, the oldest first, at most 1,000. In a file that nobody works on, those that are
    /// ``Notice/State/sending`` are in doubt too.
    public static func notices(_ state: Notice.State, limit: Int = 1_000, in book: OrderBook) throws -> [Notice] {
        let limit = Int64(min(max(limit, 1), ModuleTables.rowsMax))
        // As in `nextSQL`: few notices are open, and most of all are sent.
        let open = state == .sent ? "" : "AND state <> 'sent'"
        return try book.readTables { tables in
            try tables.rows(
                "SELECT \(Notice.columns) FROM notice WHERE state = ? \(open) ORDER BY number LIMIT ?",
                [.text(state.rawValue), .integer(limit)]
            ).map { try Notice($0) }
        }
    }

    /// How many notices are in a state.
    public static func count(_ state: Notice.State, in book: OrderBook) throws -> Int64 {
        let row = try book.readTables { tables in
            try tables.rows("SELECT count(*) AS count FROM notice WHERE state = ?", [.text(state.rawValue)]).first
        }
        return try row?.integer("count") ?? 0
    }

    /// What somebody has found out about a notice in doubt.
    public enum Decision: Sendable {
        /// It has arrived.
        case wasSent
        /// It has not, and is to be sent again.
        case sendAgain
    }

    /// Settles a notice that is in doubt or has failed; false: it is neither.
    @discardableResult
    public static func settle(_ number: Int64, _ decision: Decision, in book: OrderBook) async throws -> Bool {
        let now = book.now
        return try await book.writeTables { tables in
            let state: Notice.State =
                switch decision {
                case .wasSent: .sent
                case .sendAgain: .ready
                }
            return try tables.execute(
                """
                UPDATE notice SET state = ?1, due = ?2, attempts = 0, digest = row_digest(number, message_id, kind,
                    channel, recipient, address, subject, ?1, ?2, 0, problem)
                WHERE number = ?3 AND state IN ('in_doubt', 'failed')
                """, [.text(state.rawValue), .integer(now.milliseconds), .integer(number)]) == 1
        }
    }
}
