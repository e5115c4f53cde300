import Testing
import WaybillCore

@Suite struct `A tag filter` {
    private func matched(_ expression: Text, _ tags: [Text?]) throws -> [Text?] {
        let filter = try TagFilter(expression)
        return tags.filter { filter.matches(tag: $0) }
    }

    @Test(arguments: ["*", "", "  ", " * "] as [Text])
    func `takes every message when it names no tag`(expression: Text) throws {
        #expect(try matched(expression, ["a", nil, ""]) == ["a", nil, ""])
    }

    @Test func `takes the tags that it names, by their bytes`() throws {
        #expect(try matched("a", ["a", "A", "ab", "", nil]) == ["a"])
        #expect(try matched(" a ||b|| c d ||a||", ["a", "b", "c d", "c", nil]) == ["a", "b", "c d"])
        #expect(try TagFilter(" a ||b|| c d ||a||").tags == ["a", "b", "c d"])
        #expect(try matched("e\u{301}", ["é", "e\u{301}"]) == ["e\u{301}"])
    }

    @Test(
        arguments: [
            ("||", 0, "found no tag around '||'"), (" || || ", 0, "found no tag around '||'"),
            ("a || *", 5, "found '*' beside tags"), ("a | b", 2, "found '|', expected '||'"),
            ("a ||| b", 4, "found '|', expected '||'"), ("a\u{0}b", 1, "found the control character 0 in a tag"),
            ("a\nb", 1, "found the control character 10 in a tag"),
        ] as [(Text, Int, String)])
    func `is refused when it says nothing clear`(expression: Text, offset: Int, message: String) {
        let problem = #expect(throws: ExpressionProblem.self) { try TagFilter(expression) }
        #expect(problem?.offset == offset)
        #expect(problem?.message == message)
    }

    @Test func `has a longest text and most tags`() throws {
        let longest = Text(String(repeating: "a", count: TagFilter.textBytesMax))
        #expect(try TagFilter(longest).tags == [longest])
        #expect(throws: ExpressionProblem.self) { try TagFilter(Text(longest.string + "a")) }
        let most = (1...TagFilter.tagsMax).map(String.init)
        #expect(try TagFilter(Text(most.joined(separator: "||"))).tags?.count == TagFilter.tagsMax)
        #expect(throws: ExpressionProblem.self) { try TagFilter(Text((most + ["a"]).joined(separator: "||"))) }
        #expect(try TagFilter(Text((most + ["1"]).joined(separator: "||"))).tags?.count == TagFilter.tagsMax)
    }
}
