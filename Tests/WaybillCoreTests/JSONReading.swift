import Testing
import WaybillCore

/// Strict reading of JSON texts: RFC 8259 and nothing more.
@Suite struct `A JSON text` {
    private func text(_ json: String) -> Text? {
        do throws(JSONProblem) {
            return try JSONReader.read(Array(json.utf8)) { reader throws(JSONProblem) in try reader.text() }
        } catch {
            return nil
        }
    }

    private func int(_ json: String) -> Int64? {
        do throws(JSONProblem) {
            return try JSONReader.read(Array(json.utf8)) { reader throws(JSONProblem) in try reader.int() }
        } catch {
            return nil
        }
    }

    private func problem(_ bytes: [UInt8]) -> JSONProblem? {
        do throws(JSONProblem) {
            try JSONReader.read(bytes) { reader throws(JSONProblem) in try reader.skipValue() }
            return nil
        } catch {
            return error
        }
    }

    private func isAccepted(_ json: String) -> Bool { problem(Array(json.utf8)) == nil }

    @Test func `has its escapes resolved`() {
        #expect(text(#""\"\\\/\b\f\n\r\t""#)?.string == "\"\\/\u{8}\u{c}\n\r\t")
        #expect(text(#""\u0041\u00e9\u20AC""#)?.string == "A\u{e9}€")
        #expect(text(#""x\u0000y""#)?.byteCount == 3)
        #expect(text(#""\ud83d\ude00!""#)?.string == "😀!")
    }

    @Test func `with half a surrogate pair or a broken escape is refused`() {
        for json in [
            #""\ud83d""#, #""\ude00""#, #""\ud83d\u0041""#, #""\ud83dx""#, #""\ud83d\ud83d""#, #""\u12""#, #""\u12g4""#,
            #""\x""#, #""\""#, "\"a\nb\"", "\"a\u{1}\"", "\"abc",
        ] { #expect(text(json) == nil, "\(json)") }
    }

    @Test func `that is not UTF-8 is refused`() {
        for bytes in [[0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]] {
            #expect(problem([UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]) != nil, "\(bytes)")
            #expect(problem(Array("\"\\n".utf8) + bytes + [UInt8(ascii: "\"")]) != nil, "\(bytes) after an escape")
        }
    }

    @Test func `keeps two spellings of one character apart`() {
        #expect(text("\"\u{e9}\"") != text("\"e\u{301}\""))
    }

    @Test func `holds integers of 64 bits and no other numbers where integers are read`() {
        #expect(int("9223372036854775807") == .max)
        #expect(int("-9223372036854775808") == .min)
        #expect(int("-0") == 0)
        #expect(int(" 7 ") == 7)
        for json in [
            "9223372036854775808", "-9223372036854775809", "1.0", "1e3", "1E3", "01", "-01", "-", "+1", "", "0x1",
            "1 2",
        ] {
            #expect(int(json) == nil, "\(json)")
        }
    }

    @Test func `is skipped only when it is well-formed`() {
        for json in ["0", "-0.5", "1e5", "1E-7", "12.25e+3", "[]", "{}", " [1, {\"a\": [null, true, false, \"x\"]}] "] {
            #expect(isAccepted(json), "\(json)")
        }
        for json in [
            "", "[", "]", "{", "[1,]", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}", "[1 2]", "tru",
            "nul",
            "[truefalse]", "'a'", "1,", "[1]]", "NaN", "Infinity", "-", "1.", ".5", "01", "1e", "1e+", "1-2", "--1",
            "1.2.3", "+1",
            "\u{FEFF}1", "/**/1",
        ] { #expect(!isAccepted(json), "\(json)") }
    }

    @Test func `may be nested only so deep`() {
        func nested(_ depth: Int) -> [UInt8] {
            Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
        }
        #expect(problem(nested(64)) == nil)
        #expect(problem(nested(65))?.message == "nested deeper than 64")
        #expect(problem(Array(repeating: UInt8(ascii: "["), count: 1_000_000)) != nil)
        #expect(problem(Array(String(repeating: "{\"a\":", count: 1_000_000).utf8)) != nil)
    }

    @Test func `cut short anywhere is refused`() {
        let whole = Array(#"{"a":[1,-2.5e3,"x\u00e9\n",true,false,null,{"b":{}}],"c":"é"}"#.utf8)
        #expect(problem(whole) == nil)
        for length in 0..<whole.count { #expect(problem(Array(whole[..<length])) != nil, "\(length) bytes") }
    }

    @Test func `damaged in any way is refused or read, and never trapped on`() {
        let whole = Array(#"{"a":[1,-2,"x\u00e9\ud83d\ude00\n",true,false,null,{"b":{}}],"c":"é","d":[[],[0]]}"#.utf8)
        var lot = SeededLot(7)
        var refused = 0
        for _ in 0..<10_000 {
            var bytes = whole
            for _ in 0...lot.below(3) { lot.damage(&bytes) }
            if problem(bytes) != nil { refused += 1 }
        }
        #expect(refused > 5_000 && refused < 10_000)
    }

    @Test func `is written so that it is read back the same`() throws {
        var lot = SeededLot(11)
        for _ in 0..<2_000 {
            let scalars = (0..<lot.below(12)).map { _ -> Character in
                let code = [lot.below(0x80), lot.below(0x800), lot.below(0xD800), 0x10000 + lot.below(0x10_0000)][
                    lot.below(4)]
                return Character(Unicode.Scalar(UInt32(code)) ?? "?")
            }
            let original = Text(String(scalars))
            var writer = JSONWriter()
            writer.text(original)
            let read = try JSONReader.read(writer.bytes) { reader throws(JSONProblem) in try reader.text() }
            #expect(read == original)
        }
        for number in [0, 1, -1, 9, 10, -10, 99, 100, .max, .min, .max - 1] as [Int64] {
            var writer = JSONWriter()
            writer.int(number)
            #expect(int(String(decoding: writer.bytes, as: UTF8.self)) == number)
        }
    }

    @Test func `is written with commas and brackets in their places`() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.int(1)
        writer.beginObject()
        writer.endObject()
        writer.null()
        writer.endArray()
        writer.key(named: "quo\"te")
        writer.bool(true)
        writer.key("c")
        writer.json(Array("[2]".utf8))
        writer.endObject()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a":[1,{},null],"quo\"te":true,"c":[2]}"#)
    }
}

/// A small generator with a seed, and ways to damage bytes with it.
struct SeededLot {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func below(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// Changes, removes, inserts or repeats some bytes.
    mutating func damage(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = below(bytes.count)
        switch below(6) {
        case 0: bytes[place] = UInt8(below(256))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8(ascii: pick(["\"", "{", "}", "[", "]", ",", ":", "\\", "-", "9", "n"])), at: place)
        case 3: bytes.removeSubrange(place...)
        case 4: bytes[place] ^= 1 << UInt8(below(8))
        default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + below(8))], at: below(bytes.count))
        }
    }
}
