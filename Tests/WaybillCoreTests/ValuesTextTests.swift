import Testing
import WaybillCore

@Suite struct `A text` {
    @Test func `is equal to the same bytes only, where Swift's strings are equal to other spellings`() {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        #expect(composed == decomposed)
        #expect(Text(composed) != Text(decomposed))
        #expect(Text(composed) == Text("caf\u{E9}"))
        #expect(Set([Text(composed), Text(decomposed), Text(composed)]).count == 2)
        #expect([Text(composed): 1, Text(decomposed): 2][Text(decomposed)] == 2)
    }

    @Test func `keeps its bytes as they are`() {
        for string in ["", "\u{0}", "a\u{0}b", "e\u{301}", "日本", "👩‍👩‍👧", "\r\n"] {
            let text = Text(string)
            #expect(Array(text.string.utf8) == Array(string.utf8))
            #expect(text.withBytes { Array($0) } == Array(string.utf8))
            #expect(text.byteCount == string.utf8.count)
            #expect(text.isEmpty == string.utf8.isEmpty)
            #expect(text.description == string)
        }
    }

    @Test func `is ordered by bytes, as SQLite orders it`() {
        let ordered: [Text] = [
            "", "\u{0}", " ", "A", "B", "a", "a\u{0}", "a ", "aa", "b", "e\u{301}", "z", "\u{7F}", "\u{80}", "é", "日",
            "\u{FFFD}",
            "👩",
        ]
        #expect(ordered.reversed().sorted() == ordered)
        for (left, right) in zip(ordered, ordered.dropFirst()) {
            #expect(left < right && !(right < left) && left != right, "\(left) before \(right)")
        }
        for text in ordered { #expect(!(text < text)) }
    }

    @Test func `is ordered as its bytes are, whatever they are`() {
        var dice = ExpressionDice(seed: 7)
        let texts = (0..<200).map { _ in
            let scalars = (0..<dice.roll(0...6)).compactMap { _ in
                Unicode.Scalar(UInt32(dice.roll(0...dice.pick([0x7F, 0x7FF, 0x10_FFFF]))))
            }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            return Text(String(view))
        }
        for left in texts {
            for right in texts {
                let (leftBytes, rightBytes) = (Array(left.string.utf8), Array(right.string.utf8))
                #expect((left < right) == leftBytes.lexicographicallyPrecedes(rightBytes))
                #expect((left == right) == (leftBytes == rightBytes))
                if left == right { #expect(left.hashValue == right.hashValue) }
            }
        }
    }

    @Test func `does not run into its neighbour when hashed`() {
        struct Pair: Hashable {
            let first: Text
            let second: Text
        }
        #expect(Pair(first: "ab", second: "c").hashValue != Pair(first: "a", second: "bc").hashValue)
        #expect(Pair(first: "", second: "a").hashValue != Pair(first: "a", second: "").hashValue)
    }

    @Test func `decodes bytes and replaces what is not UTF-8`() {
        func decoded(_ bytes: [UInt8]) -> Text { bytes.withUnsafeBytes { Text(decoding: $0) } }
        #expect(decoded([]) == "")
        #expect(decoded(Array("né".utf8)) == "né")
        #expect(decoded([0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
        #expect(decoded([0xC3]) == "\u{FFFD}")
    }

    @Test func `takes interpolations`() {
        let key: Text = "part-\(3)"
        #expect(key == Text("part-3"))
        #expect("\(key)/\(key)" == "part-3/part-3")
    }

    @Test func `gives identifiers of its kind their order and equality`() {
        #expect(SKU("a") < SKU("b"))
        #expect(OrderID("caf\u{E9}") != OrderID("cafe\u{301}"))
        #expect([TopicName("b"), TopicName("B"), TopicName("a")].sorted() == ["B", "a", "b"])
        #expect(StockKey(sku: "a", location: "z") < StockKey(sku: "b"))
        #expect(StockKey(sku: "a") < StockKey(sku: "a", location: "x"))
    }
}
