import Foundation
import Testing

@Suite struct `waybill message` {
    let waybill: Executable

    init() throws { waybill = try Executable() }

    /// A line of the command line, on the one file.
    @discardableResult
    private func run(_ arguments: String) throws -> Outcome {
        try waybill.shell("\"$waybill\" \(arguments) --db shop.db")
    }

    /// The bodies that a group is given, and acknowledges.
    private func receive(_ group: String, _ topic: String, _ options: String = "") throws -> [String] {
        try run("message receive \(group) \(topic) \(options) --max 100 --acknowledge --json").array()
            .map { $0["body"] as? String ?? "?" }
    }

    /// Five subscribers of one topic, each with its own choice of three tags.
    @Test(arguments: [
        ("operations", "TagA", "a"), ("service", "TagB", "b"), ("orchestration", "TagC", "c"),
        ("compliance", "TagA || TagC", "ac"), ("data-centre", "*", "abc"),
    ])
    func `give each subscriber what it has chosen`(group: String, tags: String, expected: String) throws {
        try run("topic create trade")
        try run("group create \(group)")
        for body in ["a", "b", "c"] { try run("message send trade --tag Tag\(body.uppercased()) --body \(body)") }
        #expect(try receive(group, "trade", "--tags '\(tags)'").sorted().joined() == expected)
        #expect(try receive(group, "trade", "--tags '\(tags)'") == [])
    }

    @Test func `choose by properties, and say what is wrong with a choice`() throws {
        try run("topic create trade")
        try run("group create big")
        for cents in [50, 150] { try run("message send trade --body \(cents) --property cents=\(cents)") }
        #expect(try receive("big", "trade", "--sql 'cents > 100'") == ["150"])
        #expect(try run("message receive big trade --sql 'cents >'").status == 1)
        #expect(try run("message receive nobody trade").errors.contains("unknown_group"))
    }

    @Test func `show nothing that a terminal would obey`() throws {
        try run("topic create trade")
        try run("group create readers")
        try waybill.file("body", "\u{1B}[31mred\u{202E}")
        try run("message send trade --body @body --key $'k\u{202E}'")
        let shown = try run("message receive readers trade --acknowledge").output
        #expect(shown.contains("\\u{1b}[31mred\\u{202e}"))
        #expect(!shown.contains("\u{1B}") && !shown.contains("\u{202E}"))
    }

    @Test func `show how far groups are, and what a look-back would bring again`() throws {
        try run("topic create trade")
        try run("group create readers")
        for body in ["a", "b", "c"] { try run("message send trade --body \(body)") }
        #expect(try receive("readers", "trade").count == 3)
        try run("message send trade --body d")
        let lag = try #require(try run("group lag readers --json").array().first)
        #expect(lag["owed"] as? Int == 1 && lag["finished"] as? Int == 3)
        #expect(try run("group look-back readers trade --to-oldest --preview").output.contains("3 messages would come"))
        #expect(try receive("readers", "trade") == ["d"])
        #expect(try run("group look-back readers trade --to-oldest").output.contains("4 messages come again"))
        let again = try run("message receive readers trade --json").array()
        #expect(again.compactMap { $0["replayed"] as? Bool } == [true, true, true, true])
        #expect(try run("group look-back readers trade --to-oldest --to-newest").status == 64)
    }

    @Test func `say what a look-back past the newest passes over, also before it is done`() throws {
        try run("topic create trade")
        for group in ["readers", "late"] { try run("group create \(group)") }
        for body in ["a", "b", "c"] { try run("message send trade --body \(body)") }
        #expect(try run("message receive readers trade --max 1 --acknowledge --json").array().count == 1)
        // A group that has never read the topic passes over all of it.
        for (group, count) in [("readers", 2), ("late", 3)] {
            for preview in [" --preview", ""] {
                let said = try run("group look-back \(group) trade --to-newest\(preview)").lines
                #expect(said.first?.hasSuffix("again, \(count) passed over") == true, "\(said)")
                #expect(said.last?.hasPrefix("passed over: visible from 2") == true, "\(said)")
            }
            #expect(try receive(group, "trade") == [])
        }
        let none = try run("group look-back late trade --to-newest").output
        #expect(none == "late on trade: 0 messages come again, 0 passed over\n")
        // The time that was told brings them back.
        let queue = try #require(
            (try run("group look-back late trade --to-oldest --json").object()["queues"] as? [[String: Any]])?.first)
        #expect(queue["again"] as? Int == 3 && queue["passed_over_from"] == nil)
        let told = try run("group look-back late trade --to-newest --json").object()
        let passed = try #require((told["queues"] as? [[String: Any]])?.first)
        #expect(passed["passed_over"] as? Int == 3)
        let from = try #require(passed["passed_over_from"] as? String)
        try run("group look-back late trade --to \(from)")
        #expect(try receive("late", "trade").sorted() == ["a", "b", "c"])
    }

    @Test func `list what a topic carries, and what becomes visible later`() throws {
        try run("topic create trade --type mixed")
        try run("topic create other --type mixed")
        for body in ["a", "b", "c"] { try run("message send trade --body \(body) --tag t\(body) --key k\(body)") }
        try run("message send other --body x --delay 1h")
        let sent = try run("message send trade --body later --delay 2h --tag late --json").object()
        let listed = try run("message list trade").lines
        #expect(listed.first?.hasPrefix("MESSAGE") == true && listed.count == 4, "\(listed)")
        let tags = try run("message list trade --json").array().map { $0["tag"] as? String }
        #expect(tags == ["ta", "tb", "tc"])
        #expect(try run("message list trade --limit 2").lines.last == "there may be more: --limit 20")
        #expect(try run("message list none").status == 1)
        #expect(try run("message list").status == 64)
        #expect(try run("message list --delayed --from 2026-01-01T00:00:00Z").status == 64)

        let delayed = try run("message list --delayed --json").array()
        #expect(delayed.map { $0["topic"] as? String } == ["other", "trade"])
        #expect(delayed.last?["id"] as? String == sent["id"] as? String && delayed.last?["tag"] as? String == "late")
        #expect(try run("message list trade --delayed --json").array().count == 1)
        let handle = try #require(delayed.last?["recall"] as? String)
        #expect(try run("message list trade --delayed").output.contains(handle))
        #expect(try run("message recall trade \(handle)").status == 0)
        #expect(try run("message list trade --delayed").output == "no delayed messages\n")
    }

    @Test func `list what a group has given up, and give it back`() throws {
        try run("topic create trade")
        try run("group create readers")
        try run("message send trade --body a")
        #expect(try run("message receive readers trade --give-up 'no such item' --json").array().count == 1)
        #expect(try receive("readers", "trade") == [])
        let dead = try run("dead-letter list readers --json").array()
        #expect(dead.count == 1 && dead.first?["topic"] as? String == "trade")
        #expect(dead.first?["why"] as? String == "no such item")
        #expect(try run("dead-letter redrive readers").output.contains("1 dead letter"))
        #expect(try receive("readers", "trade") == ["a"])
        #expect(try run("dead-letter list nobody").status == 1)
    }

    @Test func `keep a lane apart until it is promoted`() throws {
        try run("topic create trade")
        try run("group create readers")
        try run("message send trade --body base")
        try run("message send trade --body grey --lane grey")
        #expect(try receive("readers", "trade", "--lane grey") == ["grey"])
        let lane = try #require(try run("lane list --json").array().first)
        #expect(lane["name"] as? String == "grey" && lane["served_in"] as? [String] == [])
        let table = try run("lane list").lines
        #expect(table.first?.hasSuffix("  READ BY") == true && table.last?.hasSuffix("  the base") == true, "\(table)")
        try run("message send trade --body grey2 --lane grey")
        #expect(try run("lane promote grey --json").object()["end"] as? String == "promoted")
        #expect(try receive("readers", "trade").sorted() == ["base", "grey2"])
    }

    @Test func `trace a message: where it stands for every group, and how far back memory reaches`() throws {
        try run("topic create trade --type mixed")
        for group in ["fast", "slow", "picky"] { try run("group create \(group) --ladder 1h") }
        let id = try #require(try run("message send trade --body a --json").object()["id"] as? String)
        #expect(try receive("fast", "trade") == ["a"])
        try run("message receive slow trade --max 1")
        #expect(try run("message receive picky trade --give-up 'not mine'").status == 0)
        let trace = try #require(try run("message trace \(id) --json").array().first)
        #expect(trace["standing"] as? String == "visible")
        let groups = try #require(trace["groups"] as? [[String: Any]])
        let standings = groups.compactMap { $0["standing"] as? String }
        #expect(groups.compactMap { $0["group"] as? String } == ["fast", "picky", "slow"])
        #expect(standings.prefix(2) == ["finished", "dead"] && standings.last != "finished")
        #expect(trace["deliveries_since"] is String)
        #expect(try run("message trace \(id)").output.contains("reaches back to"))
        #expect(try run("message trace no-such").status == 1)
    }

    @Test func `trace what nobody can see: delayed, recalled, half`() throws {
        try run("topic create trade --type mixed")
        let sent = try run("message send trade --body a --delay 1h --json").object()
        let id = try #require(sent["id"] as? String)
        #expect(try run("message trace \(id) --json").array().first?["standing"] as? String == "delayed")
        let handle = try #require(sent["recall_handle"] as? String)
        #expect(try run("message recall trade \(handle)").status == 0)
        #expect(try run("message trace \(id) --json").array().first?["standing"] as? String == "recalled")
    }

    @Test func `open the effects of a look-back only when they are told to`() throws {
        try run("topic create trade")
        try run("group create readers")
        try run("message send trade --body a")
        #expect(try receive("readers", "trade") == ["a"])
        let shut = try run("group look-back readers trade --to-oldest --json").object()
        #expect(shut["effects"] as? String == "shut")
        let opened = try run("group look-back readers trade --to-oldest --effects open")
        #expect(opened.output.contains("effects open"))
        #expect(try run("group look-back readers trade --to-oldest --effects ajar").status == 64)
    }

    @Test func `find messages by id, key and time`() throws {
        try run("topic create trade")
        let id = try #require(try run("message send trade --body a --key k-1 --json").object()["id"] as? String)
        #expect(try run("message find --id \(id) --json").array().first?["body"] as? String == "a")
        #expect(try run("message find --key k-1").output.contains(id))
        #expect(try run("message find --topic trade --from 2020-01-01T00:00:00Z --json").array().count == 1)
        #expect(try run("message find --key k-2").status == 1)
        #expect(try run("message find --id a --key b").status == 64)
    }

    @Test func `answer by a receipt in a later command`() throws {
        try run("topic create trade")
        try run("group create readers --max-attempts 1")
        for body in ["a", "b", "c"] { try run("message send trade --body \(body)") }
        let received = try run("message receive readers trade --receipts --invisible 1h --json").array()
        let receipts = received.compactMap { $0["receipt"] as? String }
        try #require(receipts.count == 3)
        #expect(receipts.allSatisfy { $0.hasPrefix("readers:") })
        #expect(try run("message extend \(receipts[0]) --by 2h").output.contains("is invisible for 2h"))
        #expect(try run("message ack \(receipts[0]) \(receipts[1])").status == 0)
        #expect(try run("message fail \(receipts[2]) --why 'no paper'").output.contains("has failed"))
        let dead = try run("dead-letter list readers --json").array()
        #expect(dead.compactMap { $0["why"] as? String } == ["1 of 1 deliveries failed: no paper"])
        let again = try run("message ack \(receipts[0]) --json")
        #expect(again.status == 1 && again.output.contains("stale_receipt"))
        #expect(try run("message ack \(receipts[0].dropFirst(8))").status == 64)
        #expect(try run("message ack \(receipts[0].dropFirst(8)) --group readers").status == 1)
        #expect(try receive("readers", "trade") == [])
    }

    @Test func `keep a body as it was sent, to the byte`() throws {
        try run("topic create trade")
        try run("group create readers")
        let bodies = ["{\"a\": 1 }\n", " null \n", "\"x\"", "[1,\n 2]", "no JSON", "1.50"]
        for body in bodies {
            try waybill.file("body", body)
            try run("message send trade --body @body --key k")
        }
        let found = try run("message find --key k --json").array()
        #expect(found.compactMap { $0["body"] as? String }.sorted() == bodies.sorted())
        #expect(try receive("readers", "trade").sorted() == bodies.sorted())
    }
}
