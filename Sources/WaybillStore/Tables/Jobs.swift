package import WaybillCore

/// Bulk work that is done in many writes and goes on where it stopped.
package struct JobRow: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case running, paused, done, stopped
    }

    package var number: Int64
    package var kind: Text
    package var state: State
    /// JSON: what was asked.
    package var request: Text
    /// How far it came, in the words of its kind.
    package var cursor: Text
    /// How many items are done.
    package var done: Int64
    package var createdAt: Moment
    package var changedAt: Moment

    init(_ columns: Columns) throws(StoreFailure) {
        number = columns.integer(0)
        kind = columns.text(1)
        guard let state = State(rawValue: columns.text(2).string) else {
            throw StoreFailure(.damaged, "job \(number) has the unknown state '\(columns.text(2))'")
        }
        self.state = state
        request = columns.text(3)
        cursor = columns.text(4)
        done = columns.integer(5)
        createdAt = columns.moment(6)
        changedAt = columns.moment(7)
    }
}

extension Transaction {
    /// Starts a job and answers its number.
    package func insertJob(
        kind: Text, request: Text, cursor: Text = "", at now: Moment
    ) throws(StoreFailure) -> Int64 {
        let statement = try statement(
            """
            INSERT INTO job (kind, state, request, cursor, done, created_at, changed_at)
            VALUES (?1, 'running', ?2, ?3, 0, ?4, ?4)
            """)
        statement.bind(1, kind)
        statement.bind(2, request)
        statement.bind(3, cursor)
        statement.bind(4, now)
        try statement.run()
        let number = lastInsertedRow
        try seal(number)
        return number
    }

    /// Gives a row that was changed its digest; false: there is none of this number.
    @discardableResult
    private func seal(_ job: Int64) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE job SET digest = row_digest(number, kind, state, request, cursor, done, created_at, changed_at)
            WHERE number = ?1
            """)
        statement.bind(1, job)
        return try statement.run() == 1
    }

    /// Notes how far a running job came; false: it does not run, so this step must not count.
    package func advanceJob(
        _ number: Int64, to state: JobRow.State, cursor: Text, done: Int64, at now: Moment
    ) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE job SET state = ?2, cursor = ?3, done = ?4, changed_at = ?5
            WHERE number = ?1 AND state = 'running'
            """)
        statement.bind(1, number)
        statement.bind(2, Text(state.rawValue))
        statement.bind(3, cursor)
        statement.bind(4, done)
        statement.bind(5, now)
        return try statement.run() == 1 ? seal(number) : false
    }

    /// Pauses a running job, or lets a paused one run; false: it was in another state.
    package func changeJob(
        _ number: Int64, from old: JobRow.State, to new: JobRow.State, at now: Moment
    ) throws(StoreFailure) -> Bool {
        let statement = try statement(
            "UPDATE job SET state = ?3, changed_at = ?4 WHERE number = ?1 AND state = ?2")
        statement.bind(1, number)
        statement.bind(2, Text(old.rawValue))
        statement.bind(3, Text(new.rawValue))
        statement.bind(4, now)
        return try statement.run() == 1 ? seal(number) : false
    }

    /// Forgets jobs that have ended, up to a number: the oldest of them.
    package func forgetEndedJobs(upTo number: Int64, limit: Int) throws(StoreFailure) {
        let statement = try statement(
            """
            DELETE FROM job WHERE number IN (
                SELECT number FROM job WHERE number <= ?1 AND state IN ('done', 'stopped') ORDER BY number LIMIT ?2)
            """)
        statement.bind(1, number)
        statement.bind(2, Int64(limit))
        try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    package func job(_ number: Int64) throws(StoreFailure) -> JobRow? {
        let statement = try query(
            "SELECT number, kind, state, request, cursor, done, created_at, changed_at FROM job WHERE number = ?1")
        statement.bind(1, number)
        return try statement.first { columns throws(StoreFailure) in try JobRow(columns) }
    }

    /// One page of all jobs before a number, the newest first.
    package func jobs(before number: Int64, limit: Int) throws(StoreFailure) -> [JobRow] {
        let statement = try query(
            """
            SELECT number, kind, state, request, cursor, done, created_at, changed_at
            FROM job WHERE number < ?2 ORDER BY number DESC LIMIT ?1
            """)
        statement.bind(1, Int64(limit))
        statement.bind(2, number)
        return try statement.all { columns throws(StoreFailure) in try JobRow(columns) }
    }

    /// The number of the job that has this many newer ones; nil: there are fewer.
    package func jobNumber(behindNewest count: Int) throws(StoreFailure) -> Int64? {
        let statement = try query(
            "SELECT number FROM job WHERE number < ?2 ORDER BY number DESC LIMIT 1 OFFSET ?1")
        statement.bind(1, Int64(count))
        statement.bind(2, Int64.max)
        return try statement.first { $0.integer(0) }
    }

    /// One page of the jobs that wait for their next step, the oldest first.
    package func runningJobs(after number: Int64 = 0, limit: Int) throws(StoreFailure) -> [JobRow] {
        let statement = try query(
            """
            SELECT number, kind, state, request, cursor, done, created_at, changed_at FROM job
            WHERE state IN ('running', 'paused') AND state = 'running' AND number > ?2 ORDER BY number LIMIT ?1
            """)
        statement.bind(1, Int64(limit))
        statement.bind(2, max(0, number))
        return try statement.all { columns throws(StoreFailure) in try JobRow(columns) }
    }

    /// One page of the jobs that wait for their next step or are paused, the oldest first.
    package func unfinishedJobs(after number: Int64 = 0, limit: Int) throws(StoreFailure) -> [JobRow] {
        let statement = try query(
            """
            SELECT number, kind, state, request, cursor, done, created_at, changed_at FROM job
            WHERE state IN ('running', 'paused') AND number > ?2 ORDER BY number LIMIT ?1
            """)
        statement.bind(1, Int64(limit))
        statement.bind(2, max(0, number))
        return try statement.all { columns throws(StoreFailure) in try JobRow(columns) }
    }

    /// How many of the newest jobs are in each state, of at most `limit`.
    package func countJobs(limit: Int) throws(StoreFailure) -> [(state: JobRow.State, jobs: Int64)] {
        let statement = try query(
            """
            SELECT ifnull(sum(state = 'running'), 0), ifnull(sum(state = 'paused'), 0), ifnull(sum(state = 'done'), 0),
                ifnull(sum(state = 'stopped'), 0)
            FROM (SELECT state FROM job WHERE number < ?2 ORDER BY number DESC LIMIT ?1)
            """)
        statement.bind(1, Int64(limit))
        statement.bind(2, Int64.max)
        let counts = try statement.first { columns in
            (columns.integer(0), columns.integer(1), columns.integer(2), columns.integer(3))
        }
        let (running, paused, done, stopped) = counts ?? (0, 0, 0, 0)
        return [(.running, running), (.paused, paused), (.done, done), (.stopped, stopped)]
    }
}
