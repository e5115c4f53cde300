import Testing
import WaybillCore

@Suite struct `A subscription` {
    /// Who gets which of the messages of one topic: three with a tag each, one with another, one without.
    @Test func `of one of five subscribers gets its messages and no others`() throws {
        let tags: [Text?] = ["TagA", "TagB", "TagC", "TagD", nil]
        let subscribers: [(name: String, expression: Text, expected: [Text?])] = [
            ("operations", "TagA", ["TagA"]), ("service", "TagB", ["TagB"]), ("orchestration", "TagC", ["TagC"]),
            ("compliance", "TagA || TagC", ["TagA", "TagC"]), ("data centre", "*", tags),
        ]
        for subscriber in subscribers {
            let filter = try MessageFilter(.tag, subscriber.expression)
            #expect(
                tags.filter { filter.matches(tag: $0, properties: [:]) } == subscriber.expected, "\(subscriber.name)")
        }
        let sql: [(expression: Text, expected: [Text?])] = [
            ("TAGS = 'TagA'", ["TagA"]), ("TAGS IN ('TagA', 'TagC')", ["TagA", "TagC"]),
            ("TAGS IS NULL OR TAGS IS NOT NULL", tags), ("TAGS <> 'TagA'", ["TagB", "TagC", "TagD"]),
        ]
        for subscriber in sql {
            let filter = try MessageFilter(.sql, subscriber.expression)
            #expect(tags.filter { filter.matches(tag: $0, properties: [:]) } == subscriber.expected)
        }
    }

    @Test func `without an expression, or with one that cannot be read, gets nothing and hears why`() throws {
        let broken: [(MessageFilter.Kind?, Text?)] = [
            (nil, nil), (.tag, nil), (nil, "*"), (.sql, ""), (.sql, "*"), (.sql, "a ="), (.tag, "||"), (.tag, "a | b"),
        ]
        for (kind, expression) in broken {
            let filter = MessageFilter.kept(kind, expression)
            #expect(filter.problem != nil, "\(String(describing: expression))")
            for tag in ["a", nil] as [Text?] { #expect(!filter.matches(tag: tag, properties: ["a": "1"])) }
        }
        #expect(throws: ExpressionProblem.self) { try MessageFilter(.sql, "*") }
        let kept = MessageFilter.kept(.tag, "a")
        #expect(kept.problem == nil)
        #expect(kept == (try MessageFilter(.tag, "a")))
    }

    @Test func `by tag needs no properties`() throws {
        #expect(try !MessageFilter(.tag, "a").readsProperties)
        #expect(try MessageFilter(.sql, "a = 1").readsProperties)
        #expect(!MessageFilter.kept(nil, nil).readsProperties)
    }
}
