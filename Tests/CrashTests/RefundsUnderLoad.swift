import Testing

/// The process is killed without warning while orders ask for refunds and a worker pays them. What it answered, and
/// what the worker had done, is the judge.
@Suite(.serialized) struct `Refunds of a process that is killed` {
    private static let kills = 6

    @Test func `are asked for until they are answered, and each end is told once`() throws {
        let shop = try CrashFile()
        var story = RefundStory()
        let lives = try shop.lives(of: "load-refunds", kills: Self.kills, answers: 100...999, dice: 0x5EED_0004)
        for lines in lives { story.add(lines) }
        story.add(try shop.drained(by: "load-refunds"))
        #expect(story.owed.count > 200)
        #expect(story.faults() == [])
        #expect(story.faults(ofCalls: try shop.rows("SELECT effect_key, state FROM call")) == [])
        let messages = try shop.rows("SELECT key, tag FROM message WHERE tag IN ('call', 'done')")
        #expect(story.faults(ofMessages: messages) == [])
        #expect(try shop.rows("SELECT number FROM pending_message WHERE state IN ('half', 'parked')") == [])
        // The receipt of an order is a half message: it is there if, and only if, the order is.
        let receipts = try shop.rows(
            """
            SELECT key FROM message WHERE place / 1099511627776 IN
                (SELECT q.number FROM stored_queue AS q JOIN topic AS t ON t.number = q.topic WHERE t.name = 'receipts')
            """)
        #expect(receipts.sorted { $0[0] < $1[0] } == (try shop.rows("SELECT id FROM orders ORDER BY id")))
        let verified = try shop.verify()
        #expect(verified.status == 0, "\(verified.output)")
    }

    @Test func `are told apart from refunds that were lost, doubled or forgotten`() {
        let whole = ["owed a#1", "asked a#1 m1 1", "did a#1", "answered a#1 ok", "done a#1", "announced a#1"]
        func story(_ lines: String...) -> RefundStory {
            var story = RefundStory()
            story.add(whole + lines)
            return story
        }
        #expect(story().faults() == [])
        #expect(story("owed a#2").faults() == ["a#2 was owed, and never asked for"])
        #expect(story("asked a#1 m1 2").faults() == ["a#1 was asked for after the request was acknowledged"])
        let again = story("asked b#1 m2 1", "did b#1", "asked b#1 m2 1", "did b#1")
        #expect(again.faults() == ["b#1 was asked for again as if for the first time"])
        #expect(story("asked b#1 m2 1", "did b#1", "asked b#1 m2 2", "did b#1").faults() == [])
        #expect(story("asked b#1 m2 1", "asked b#1 m3 2").faults() == ["b#1 was asked for by two messages"])
        #expect(story("answered a#1 failed").faults() == ["a#1 ended as failed after ok"])
        #expect(story("did b#1").faults() == ["b#1 was paid and not asked for"])

        #expect(story().faults(ofCalls: [["a#1", "ok"]]) == [])
        #expect(story().faults(ofCalls: []) == ["a#1 is not in the file"])
        #expect(story().faults(ofCalls: [["a#1", "open"]]) == ["a#1 is open in the file, answered as ok"])
        #expect(
            story().faults(ofCalls: [["a#1", "ok"], ["b#1", "open"]]) == [
                "b#1 is open in the file, and was never asked for"
            ])
        #expect(story().faults(ofMessages: [["a#1", "call"], ["a#1", "done"]]) == [])
        #expect(story().faults(ofMessages: [["a#1", "call"]]) == ["a#1 was announced by 0 messages, ended as ok"])
        #expect(
            story().faults(ofMessages: [["a#1", "call"], ["a#1", "done"], ["a#1", "done"]])
                == ["a#1 was announced by 2 messages, ended as ok"])
    }
}

/// What was said about refunds, over all lives of a process.
private struct RefundStory {
    private(set) var owed: Set<String> = []
    /// By call: the message that asked for it.
    private var asked: [String: String] = [:]
    private var paid: [String: Int] = [:]
    private var ends: [String: String] = [:]
    private var done: Set<String> = []
    private var found: [String] = []

    /// What was said in one life of the process.
    mutating func add(_ lines: [String]) {
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            switch (words.first, words.count) {
            case ("owed", 2): owed.insert(words[1])
            case ("asked", 4): ask(words[1], by: words[2], attempt: Int(words[3]) ?? 0)
            case ("did", 2):
                paid[words[1], default: 0] += 1
                if asked[words[1]] == nil { found.append("\(words[1]) was paid and not asked for") }
            case ("answered", 3): end(words[1], as: words[2])
            case ("done", 2): done.insert(words[1])
            default: break
            }
        }
    }

    /// A worker that is asked again must see that it is not for the first time.
    private mutating func ask(_ call: String, by message: String, attempt: Int) {
        if done.contains(call) { found.append("\(call) was asked for after the request was acknowledged") }
        if let earlier = asked[call] {
            if earlier != message { found.append("\(call) was asked for by two messages") }
            if attempt < 2 { found.append("\(call) was asked for again as if for the first time") }
        }
        asked[call] = message
    }

    private mutating func end(_ call: String, as end: String) {
        if let earlier = ends[call], earlier != end { found.append("\(call) ended as \(end) after \(earlier)") }
        ends[call] = end
    }

    /// What must not be, in words.
    func faults() -> [String] {
        found + owed.subtracting(asked.keys).sorted().map { "\($0) was owed, and never asked for" }
    }

    /// Rows of the file, call and state: each call was asked for and has ended, and as its worker was told.
    func faults(ofCalls rows: [[String]]) -> [String] {
        var states: [String: String] = [:]
        for columns in rows where columns.count == 2 { states[columns[0]] = columns[1] }
        let missing = owed.union(asked.keys).filter { states[$0] == nil }.sorted().map { "\($0) is not in the file" }
        let wrong = states.keys.sorted().compactMap { call -> String? in
            guard let state = states[call] else { return nil }
            guard asked[call] != nil else { return "\(call) is \(state) in the file, and was never asked for" }
            guard let end = ends[call] else { return "\(call) is \(state) in the file, and was never answered" }
            return end == state ? nil : "\(call) is \(state) in the file, answered as \(end)"
        }
        return missing + wrong
    }

    /// Rows of the file, call and tag of a message: one that asks for each call, and one that announces what was done.
    func faults(ofMessages rows: [[String]]) -> [String] {
        var counts: [[String]: Int] = [:]
        for row in rows { counts[row, default: 0] += 1 }
        return asked.keys.sorted().flatMap { call -> [String] in
            let (requests, announcements) = (counts[[call, "call"]] ?? 0, counts[[call, "done"]] ?? 0)
            let end = ends[call] ?? "nothing"
            return (requests == 1 ? [] : ["\(call) was asked for by \(requests) messages"])
                + (announcements == (end == "ok" ? 1 : 0)
                    ? [] : ["\(call) was announced by \(announcements) messages, ended as \(end)"])
        }
    }
}
