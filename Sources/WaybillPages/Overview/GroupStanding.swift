import WaybillCore

/// How far a group is behind on a topic, and whether that needs a person.
struct GroupStanding: Sendable {
    let group: String
    let topic: String
    /// Messages that it has not done.
    let owed: Int64
    let inFlight: Int64
    let dead: Int64
    let finished: Int64
    /// For how long the oldest that it could have waits.
    let behind: Interval
    let lastUsed: Moment?

    /// A group that has asked for nothing for this long stands still.
    private static let stillAfter = Interval.minutes(10)
    private static let behindAfter = Interval.minutes(1)

    init(_ lag: JSONValue, lastUsed: Moment?) {
        group = lag["group"].text ?? ""
        topic = lag["topic"].text ?? ""
        owed = lag["owed"].int ?? 0
        inFlight = lag["in_flight"].int ?? 0
        dead = lag["dead"].int ?? 0
        finished = lag["finished"].int ?? 0
        behind = Interval(milliseconds: lag["oldest_ms"].int ?? 0)
        self.lastUsed = lastUsed
    }

    enum Word: Int, Comparable {
        case still, behind, keepsUp

        static func < (left: Word, right: Word) -> Bool { left.rawValue < right.rawValue }
    }

    func word(_ now: Moment) -> Word {
        guard owed > 0 else { return .keepsUp }
        if behind > Self.stillAfter, lastUsed.map({ now.since($0) > Self.stillAfter }) ?? true { return .still }
        return behind > Self.behindAfter ? .behind : .keepsUp
    }

    func tag(_ now: Moment) -> HTML {
        switch word(now) {
        case .still: WaybillPages.tag("bad", "stands still")
        case .behind: WaybillPages.tag("warn", "behind")
        case .keepsUp: WaybillPages.tag("ok", "keeps up")
        }
    }

    private static let groupsMax = 50

    /// Every group on each of its topics, what needs a person first.
    static func all(_ visit: Visit) async -> [GroupStanding] {
        let groups = await visit.asker.optional(Target("/v1/groups").with("limit", "\(groupsMax)").string)
        var all: [GroupStanding] = []
        for group in groups?["items"].list ?? [] {
            guard let name = group["name"].text,
                let lag = await visit.asker.optional(Target("/v1/groups", name).then("lag").string)
            else { continue }
            all += lag["items"].list.map { GroupStanding($0, lastUsed: group["last_used_at"].moment) }
        }
        let now = visit.now
        return all.sorted { left, right in
            let words = (left.word(now), right.word(now))
            if words.0 != words.1 { return words.0 < words.1 }
            return left.owed != right.owed
                ? left.owed > right.owed : (left.group, left.topic) < (right.group, right.topic)
        }
    }

    /// The groups as a table.
    static func table(_ all: [GroupStanding], _ times: Times) -> HTML {
        ListTable(
            caption: "Groups, what needs a look first",
            columns: [
                .init("Group"), .init("Topic"), .init("Owed", isNumber: true), .init("In work", isNumber: true),
                .init("Dead", isNumber: true), .init("Done", isNumber: true), .init("Behind", isNumber: true),
                .init("Last asked"), .init("Stands"),
            ],
            rows: all.map { one in
                [
                    .init(a(.href(Target("/groups", one.group).string)) { HTML.name(one.group) }),
                    .init(a(.href(Target("/topics", one.topic).string)) { HTML.name(one.topic) }),
                    .init(countHTML(one.owed)), .init(countHTML(one.inFlight)), .init(countHTML(one.dead)),
                    .init(countHTML(one.finished)),
                    .init(
                        one.owed == 0 || one.behind.milliseconds == 0
                            ? noneHTML("not behind") : HTML(Times.length(one.behind))),
                    .init(one.lastUsed.map { times.relativeHTML($0) } ?? noneHTML("never"), isWide: true),
                    .init(one.tag(times.now), isSaid: true),
                ]
            }
        ).html
    }
}
