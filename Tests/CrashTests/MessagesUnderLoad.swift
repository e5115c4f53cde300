import Testing

/// The process is killed without warning while producers send, consumers receive and acknowledge, and a module writes
/// its rows. What it answered is the judge.
@Suite(.serialized) struct `Messages of a process that is killed` {
    private static let kills = 12

    @Test func `come at least once, in order, and never after their acknowledgement`() throws {
        let shop = try CrashFile()
        var story = MessageStory()
        let lives = try shop.lives(of: "load-messages", kills: Self.kills, answers: 50...649, dice: 0x5EED_0003)
        for (index, lines) in lives.enumerated() { story.add(lines, round: index + 1) }
        story.add(try shop.drained(by: "load-messages"), round: nil)
        #expect(story.sent.count > 500)
        #expect(story.faults() == [])

        #expect(story.faults(ofEffects: try shop.rows("SELECT id, count(*) FROM load_effect GROUP BY id")) == [])
        let verified = try shop.verify()
        #expect(verified.status == 0, "\(verified.output)")
    }

    @Test func `are told apart from messages that were lost, doubled or overtaken`() {
        let whole = [
            "sent 1-0-0", "got ordered k 1-0-0", "got ordinary k 1-0-0", "done ordinary 1-0-0", "done ordered 1-0-0",
        ]
        func faults(_ lines: String..., inRound round: Int? = nil) -> [String] {
            var story = MessageStory()
            story.add(whole, round: 1)
            story.add(lines, round: round)
            return story.faults()
        }
        #expect(faults() == [])
        #expect(faults("sent 1-0-1") == ["1-0-1 was lost to ordinary", "1-0-1 was lost to ordered"])
        #expect(faults("got ordinary k 1-0-0") == ["1-0-0 came to ordinary after its acknowledgement"])
        #expect(
            faults("got ordered k 1-0-6", "got ordered k 1-0-3", inRound: 2)
                == ["1-0-3 came to ordered after 1-0-6 of its message group"])
        #expect(faults("got ordered k 2-0-0", "got ordered k 10-0-0", inRound: 2) == [])
        // Three consumers may each have been told of one acknowledgement too late to say so; nobody is killed at last.
        #expect(faults("got ordinary k 1-0-7") == ["ordinary never finished [\"1-0-7\"]"])
        let four = (6...9).map { "got ordinary k 1-0-\($0)" }
        #expect(faults(four[0], four[1], four[2], inRound: 2) == [])
        #expect(faults(four[0], four[1], four[2], four[3], inRound: 2).count == 1)
        var story = MessageStory()
        story.add(["sent 1-0-0", "sent 1-0-3"], round: 1)
        #expect(story.faults(ofEffects: [["1-0-0", "2"]]) == ["1-0-0 had its effect 2 times", "1-0-3 had no effect"])
    }
}

/// What was answered about messages, over all lives of a process.
private struct MessageStory {
    /// Consumers of each group; each acknowledges one message after the other.
    private static let consumers = 3
    private static let groups = ["ordinary", "ordered"]

    private(set) var sent: [String] = []
    /// By group and message: the round in which it was handed out last; nil: the one that nobody killed.
    private var handed: [String: [String: Int?]] = [:]
    private var done: [String: Set<String>] = [:]
    /// By group and message group: what was handed out last.
    private var last: [String: String] = [:]
    private var found: [String] = []

    /// What was said in one life of the process.
    mutating func add(_ lines: [String], round: Int?) {
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            switch (words.first, words.count) {
            case ("sent", 2): sent.append(words[1])
            case ("got", 4):
                hand(words[3], of: words[2], to: words[1])
                handed[words[1], default: [:]].updateValue(round, forKey: words[3])
            case ("done", 3): done[words[1], default: []].insert(words[2])
            default: break
            }
        }
    }

    private mutating func hand(_ id: String, of key: String, to group: String) {
        if done[group]?.contains(id) == true { found.append("\(id) came to \(group) after its acknowledgement") }
        guard group == "ordered" else { return }
        if let earlier = last[key], Self.order(earlier) > Self.order(id) {
            found.append("\(id) came to \(group) after \(earlier) of its message group")
        }
        last[key] = id
    }

    /// Round and number: a producer sends the messages of one message group in this order.
    private static func order(_ id: String) -> Int {
        let parts = id.split(separator: "-").compactMap { Int($0) }
        return parts.count == 3 ? parts[0] * 1_000_000 + parts[2] : 0
    }

    /// What must not be, in words.
    func faults() -> [String] { found + Self.groups.flatMap { lost(to: $0) } }

    /// A kill may come between an acknowledgement and the word of it: once for each consumer, and no more.
    private func lost(to group: String) -> [String] {
        let handed = handed[group] ?? [:]
        var faults = sent.filter { handed[$0] == nil }.map { "\($0) was lost to \(group)" }
        let unfinished = handed.filter { done[group]?.contains($0.key) != true }
        for (round, ids) in Dictionary(grouping: unfinished.keys, by: { unfinished[$0] ?? nil })
        where ids.count > (round == nil ? 0 : Self.consumers) {
            faults.append("\(group) never finished \(ids.sorted())")
        }
        return faults
    }

    /// Rows of the module, id and count: one for each message.
    func faults(ofEffects rows: [[String]]) -> [String] {
        var counts: [String: Int] = [:]
        for columns in rows where columns.count == 2 { counts[columns[0]] = Int(columns[1]) }
        return counts.filter { $0.value != 1 }.keys.sorted().map { "\($0) had its effect \(counts[$0] ?? 0) times" }
            + sent.filter { counts[$0] == nil }.map { "\($0) had no effect" }
    }
}
