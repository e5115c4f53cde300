import Testing
import WaybillCore

/// Keys and names are compared where they lie in the JSON; what they are must not depend on how they are written.
@Suite struct `Names in JSON` {
    private func keys(_ json: String) throws(JSONProblem) -> [String] {
        var keys: [String] = []
        try JSONReader.read(Array(json.utf8)) { reader throws(JSONProblem) in
            try reader.members { key, reader throws(JSONProblem) in
                switch key {
                case "order": keys.append("1")
                case "é": keys.append("2")
                case "a\"b": keys.append("3")
                case "": keys.append("4")
                default: keys.append(key.string)
                }
                try reader.skipValue()
            }
        }
        return keys
    }

    @Test func `are the same with and without escapes`() throws {
        #expect(try keys(#"{"order":1,"\u006frder":2,"or\u0064er":3}"#) == ["1", "1", "1"])
        #expect(try keys(#"{"é":1,"\u00e9":2,"a\"b":3,"":4}"#) == ["2", "2", "3", "4"])
    }

    @Test func `differ by every byte`() throws {
        #expect(
            try keys(#"{"orde":1,"orders":2,"Order":3,"ordes":4}"#) == ["orde", "orders", "Order", "ordes"])
        // Two spellings of é: the same character for Swift, two names for the engine.
        #expect(try keys("{\"e\u{301}\":1}") == ["e\u{301}"])
    }

    @Test func `fill the fields of data however they are written and ordered`() throws {
        let type = RecordType([
            .init(name: "sku", type: .text, isOptional: false),
            .init(name: "qty", type: .number(.count), isOptional: false),
            .init(name: "größe", type: .text, isOptional: true),
        ])
        let expected: [Value] = [.text("a"), .int(2), .text("L")]
        for json in [
            #"{"sku":"a","qty":2,"größe":"L"}"#, #"{"größe":"L","qty":2,"sku":"a"}"#,
            #"{"\u0073ku":"a","gr\u00f6\u00dfe":"L","qty":2}"#,
        ] {
            #expect(try type.decode(Array(json.utf8)) == expected)
        }
        #expect(throws: JSONProblem.self) {
            try type.decode(Array(#"{"sku":"a","\u0073ku":"b","qty":2}"#.utf8))
        }
    }

    @Test func `that are no texts are refused`() {
        for json in [#"{"a"#, #"{"\x":1}"#, #"{"\ud800":1}"#, "{\"\u{1}\":1}", #"{a:1}"#, #"{1:1}"#] {
            #expect(throws: JSONProblem.self) { try keys(json) }
        }
        var broken = Array(#"{"a":1}"#.utf8)
        broken[2] = 0xFF
        #expect(throws: JSONProblem.self) {
            try JSONReader.read(broken) { reader throws(JSONProblem) in
                try reader.members { _, reader throws(JSONProblem) in try reader.skipValue() }
            }
        }
    }

    @Test func `are found in a table, each at its own index`() {
        let names = (0..<300).map { Text("state.\($0 * 7919 % 1_000)") } + ["", "é", "e\u{301}"]
        let table = NameTable(names)
        for name in names { #expect(table.index(of: name) == names.firstIndex(of: name)) }
        #expect(table.index(of: "state.") == nil)
        #expect(table.index(of: "state.1000") == nil)
        #expect(NameTable([]).index(of: "a") == nil)
        #expect(NameTable(["a", "b", "a"]).index(of: "a") == 0)
    }

    @Test func `of numbers up to both ends of 64 bits are read exactly`() throws {
        for number in [Int64.min, .min + 1, -1, 0, 7, 999_999_999_999_999_999, 1_000_000_000_000_000_000, .max] {
            let read = try JSONReader.read(Array("\(number)".utf8)) { reader throws(JSONProblem) in try reader.int() }
            #expect(read == number)
        }
        for text in ["9223372036854775808", "-9223372036854775809", "99999999999999999999", "00", "-", ""] {
            #expect(throws: JSONProblem.self) {
                try JSONReader.read(Array(text.utf8)) { reader throws(JSONProblem) in try reader.int() }
            }
        }
    }
}
