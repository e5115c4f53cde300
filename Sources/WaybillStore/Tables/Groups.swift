package import WaybillCore

/// The number of a consumer group; a deleted group's is never used again.
package struct GroupNumber: Hashable, Comparable, Sendable {
    package let number: Int64
    package init(_ number: Int64) { self.number = number }
    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// A consumer group and its rules.
package struct GroupRow: Hashable, Sendable {
    package var number: GroupNumber
    package var name: GroupName
    /// Which group of this name it is, from 1.
    package var epoch: Int64
    /// Messages of one message group one after the other.
    package var isFIFO: Bool
    /// Every client gets every message.
    package var isBroadcast: Bool
    /// Deliveries of a message before it is dead.
    package var attemptsMax: Int64
    package var ladder: [Interval]
    /// How long a delivery stays invisible to others unless its consumer says otherwise.
    package var invisible: Interval
    package var createdAt: Moment
    package var lastUsedAt: Moment
    package var deletedAt: Moment?
    /// Where it begins in a topic that it has not read before.
    package var startsAt: GroupStart
    /// Who made it; nil: not said.
    package var createdBy: Text?

    package init(
        name: GroupName, isFIFO: Bool = false, isBroadcast: Bool = false, attemptsMax: Int64 = 17,
        ladder: [Interval] = GroupSettings.ladderDefault, invisible: Interval = .seconds(30), createdAt: Moment,
        startsAt: GroupStart = .oldest, createdBy: Text? = nil
    ) {
        number = GroupNumber(0)
        self.name = name
        epoch = 1
        self.isFIFO = isFIFO
        self.isBroadcast = isBroadcast
        self.attemptsMax = attemptsMax
        self.ladder = ladder
        self.invisible = invisible
        self.createdAt = createdAt
        lastUsedAt = createdAt
        self.startsAt = startsAt
        self.createdBy = createdBy
    }

    init(_ columns: Columns) throws(StoreFailure) {
        number = GroupNumber(columns.integer(0))
        name = GroupName(columns.text(1))
        epoch = columns.integer(2)
        isFIFO = columns.integer(3) != 0
        isBroadcast = columns.integer(4) != 0
        attemptsMax = columns.integer(5)
        // Rules that cannot be read do not keep the others from being served; verify names them.
        ladder = Self.ladder(columns.text(6)) ?? GroupSettings.ladderDefault
        invisible = Interval(milliseconds: columns.integer(7))
        createdAt = columns.moment(8)
        lastUsedAt = columns.moment(9)
        deletedAt = columns.optionalMoment(10)
        startsAt = columns.isNull(11) ? .oldest : .newest
        createdBy = columns.optionalText(12)
    }

    /// The steps that a text says; nil: it says none.
    package static func ladder(_ text: Text) -> [Interval]? {
        var steps: [Interval] = []
        for part in text.string.split(separator: ",") {
            guard let milliseconds = Int64(part), milliseconds >= 0 else { return nil }
            steps.append(Interval(milliseconds: milliseconds))
        }
        return steps.isEmpty ? nil : steps
    }

    fileprivate var startsAtNewest: Int64? { startsAt == .newest ? 1 : nil }

    fileprivate var ladderText: Text { Text(ladder.map { String($0.milliseconds) }.joined(separator: ",")) }
}

extension Transaction {
    /// The group of this name; there is one afterwards, made by these rules if there was none.
    package func keepGroup(_ group: GroupRow) throws(StoreFailure) -> GroupRow {
        if let known = try self.group(group.name) { return known }
        let number = try insert(group)
        guard let made = try self.group(number) else {
            throw StoreFailure(.damaged, "group \(number.number) was made and is not there")
        }
        return made
    }

    private func insert(_ group: GroupRow) throws(StoreFailure) -> GroupNumber {
        let statement = try statement(
            """
            INSERT INTO client_group (name, fifo, broadcast, attempts_max, ladder, invisible, created_at, last_used_at,
                starts_at_newest, created_by, epoch)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,
                (SELECT ifnull(max(epoch), 0) + 1 FROM client_group WHERE name = ?1))
            """)
        statement.bind(1, group.name)
        statement.bind(2, Int64(group.isFIFO ? 1 : 0))
        statement.bind(3, Int64(group.isBroadcast ? 1 : 0))
        statement.bind(4, group.attemptsMax)
        statement.bind(5, group.ladderText)
        statement.bind(6, group.invisible.milliseconds)
        statement.bind(7, group.createdAt)
        statement.bind(8, group.lastUsedAt)
        statement.bind(9, group.startsAtNewest)
        statement.bind(10, group.createdBy)
        try statement.run()
        let number = GroupNumber(lastInsertedRow)
        try seal(number)
        return number
    }

    /// Gives a row that was changed its digest; false: there is none of this number.
    @discardableResult
    private func seal(_ group: GroupNumber) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE client_group SET digest = CASE
                WHEN coalesce(starts_at_newest, created_by) IS NOT NULL
                THEN row_digest(number, name, epoch, fifo, broadcast, attempts_max, ladder, invisible, created_at,
                    last_used_at, deleted_at, idle_since, starts_at_newest, created_by)
                WHEN idle_since IS NOT NULL
                THEN row_digest(number, name, epoch, fifo, broadcast, attempts_max, ladder, invisible, created_at,
                    last_used_at, deleted_at, idle_since)
                ELSE row_digest(number, name, epoch, fifo, broadcast, attempts_max, ladder, invisible, created_at,
                    last_used_at, deleted_at) END
            WHERE number = ?1
            """)
        statement.bind(1, group.number)
        return try statement.run() == 1
    }

    /// Notes that a group which was last used then is said to be idle; false: it was said before.
    package func noteIdle(_ group: GroupNumber, since moment: Moment) throws(StoreFailure) -> Bool {
        let statement = try statement(
            "UPDATE client_group SET idle_since = ?2 WHERE number = ?1 AND idle_since IS NOT ?2")
        statement.bind(1, group.number)
        statement.bind(2, moment)
        return try statement.run() == 1 ? seal(group) : false
    }

    /// Changes the rules of a group and when it was last used; false: there is none of this number.
    @discardableResult
    package func updateGroup(_ group: GroupRow) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE client_group SET fifo = ?2, broadcast = ?3, attempts_max = ?4, ladder = ?5, invisible = ?6,
                last_used_at = ?7, starts_at_newest = ?8
            WHERE number = ?1 AND deleted_at IS NULL
            """)
        statement.bind(1, group.number.number)
        statement.bind(2, Int64(group.isFIFO ? 1 : 0))
        statement.bind(3, Int64(group.isBroadcast ? 1 : 0))
        statement.bind(4, group.attemptsMax)
        statement.bind(5, group.ladderText)
        statement.bind(6, group.invisible.milliseconds)
        statement.bind(7, group.lastUsedAt)
        statement.bind(8, group.startsAtNewest)
        return try statement.run() == 1 ? seal(group.number) : false
    }

    /// Marks a group as deleted: its name is free, and what it owes leaves by ``purgeGroup(_:limit:)``; false: there is
    /// none of this number.
    @discardableResult
    package func deleteGroup(_ number: GroupNumber, at now: Moment) throws(StoreFailure) -> Bool {
        let statement = try statement(
            "UPDATE client_group SET deleted_at = ?2 WHERE number = ?1 AND deleted_at IS NULL")
        statement.bind(1, number.number)
        statement.bind(2, now)
        return try statement.run() == 1 ? seal(number) : false
    }
}

extension TableReader where Self: ~Copyable {
    package func group(_ name: GroupName) throws(StoreFailure) -> GroupRow? {
        let statement = try query(
            """
            SELECT number, name, epoch, fifo, broadcast, attempts_max, ladder, invisible, created_at, last_used_at,
                deleted_at, starts_at_newest, created_by
            FROM client_group WHERE name = ?1 AND deleted_at IS NULL
            """)
        statement.bind(1, name)
        return try statement.first { columns throws(StoreFailure) in try GroupRow(columns) }
    }

    /// A group by its number, a deleted one too.
    package func group(_ number: GroupNumber) throws(StoreFailure) -> GroupRow? {
        let statement = try query(
            """
            SELECT number, name, epoch, fifo, broadcast, attempts_max, ladder, invisible, created_at, last_used_at,
                deleted_at, starts_at_newest, created_by
            FROM client_group WHERE number = ?1
            """)
        statement.bind(1, number.number)
        return try statement.first { columns throws(StoreFailure) in try GroupRow(columns) }
    }

    /// The waiting times of a group as they are written; nil: there is no such group.
    package func ladder(of group: GroupNumber) throws(StoreFailure) -> Text? {
        let statement = try query("SELECT ladder FROM client_group WHERE number = ?1")
        statement.bind(1, group.number)
        return try statement.first { columns in columns.text(0) }
    }

    /// The groups after a number, deleted ones too.
    package func groups(after number: GroupNumber, limit: Int) throws(StoreFailure) -> [GroupRow] {
        let statement = try query(
            """
            SELECT number, name, epoch, fifo, broadcast, attempts_max, ladder, invisible, created_at, last_used_at,
                deleted_at, starts_at_newest, created_by
            FROM client_group WHERE number > ?1 ORDER BY number LIMIT ?2
            """)
        statement.bind(1, number.number)
        statement.bind(2, Int64(limit))
        return try statement.all { columns throws(StoreFailure) in try GroupRow(columns) }
    }
}
