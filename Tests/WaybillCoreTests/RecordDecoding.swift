import Testing
import WaybillCore

/// Data of commands: decoded by its type, refused with its place.
@Suite struct `Data of a command` {
    private let type = RecordType([
        .init(name: "who", type: .text, isOptional: false),
        .init(name: "note", type: .text, isOptional: true),
        .init(name: "qty", type: .number(.count), isOptional: true),
        .init(name: "cents", type: .number(.cents), isOptional: true),
        .init(name: "signed", type: .number(.signedCents), isOptional: true),
        .init(name: "flag", type: .bool, isOptional: true),
        .init(name: "wait", type: .number(.duration), isOptional: true),
        .init(name: "at", type: .number(.time), isOptional: true),
        .init(
            name: "lines",
            type: .list(
                of: RecordType([
                    .init(name: "line", type: .text, isOptional: false),
                    .init(name: "qty", type: .number(.count), isOptional: false),
                ]), countMax: 3, keyed: true), isOptional: true),
    ])

    private func decoded(_ json: String) throws(JSONProblem) -> [Value] { try type.decode(Array(json.utf8)) }

    private func problem(_ json: String) -> JSONProblem? {
        do throws(JSONProblem) {
            _ = try decoded(json)
            return nil
        } catch {
            return error
        }
    }

    private func field(_ name: Text, _ json: String) -> Value? {
        do throws(JSONProblem) {
            let values = try decoded(#"{"who":"ann","\#(name)":\#(json)}"#)
            return type.slot(name).map { values[$0] }
        } catch {
            return nil
        }
    }

    @Test func `fills the fields by name, and NULL what is left out`() throws {
        let values = try decoded(#"{ "qty" : 3 , "who" : "ann", "flag":false, "note":null }"#)
        #expect(values == [.text("ann"), .null, .int(3), .null, .null, .bool(false), .null, .null, .null])
    }

    @Test func `takes times in the forms that are taken everywhere`() {
        for json in [#""2026-11-21T10:00:00Z""#, #""2026-11-21 18:00:00.000+08:00""#, "1795255200000"] {
            #expect(field("at", json) == .int(1_795_255_200_000), "\(json)")
        }
        for (json, words) in [
            ("1795255200", "1795255200000"), (#""1795255200""#, "in seconds"),
            (#""2026-11-21T10:00:00""#, "no time zone"),
            (#""2026-11-21""#, "no time zone"), (#""tomorrow""#, "2026-11-21T10:00:00Z"),
            ("253402300800000", "years 1 to 9999"),
        ] {
            let found = problem(#"{"who":"ann","at":\#(json)}"#)
            #expect(found?.path == "at" && found?.message.contains(words) == true, "\(json): \(found as Any)")
        }
    }

    @Test func `is read by the rules of then when it was accepted before`() throws {
        let old = Array(#"{"who":"ann","at":1795255200}"#.utf8)
        #expect(try type.decode(old, by: .first)[7] == .int(1_795_255_200))
        #expect(try type.decode(stored: old)[7] == .int(1_795_255_200))
    }

    @Test func `names the place of what is wrong`() {
        #expect(problem(#"{}"#)?.path == "who")
        #expect(problem("")?.path == "who")
        #expect(problem(#"{"who":null}"#)?.path == "who")
        #expect(problem(#"{"who":"a","hwo":"b"}"#)?.path == "hwo")
        #expect(problem(#"{"who":"a","who":"a"}"#)?.path == "who")
        #expect(problem(#"{"who":"a","qty":-1}"#)?.path == "qty")
        #expect(problem(#"{"who":"a","lines":[{"line":"x","qty":1},{"line":"y","qty":"1"}]}"#)?.path == "lines[1].qty")
        #expect(problem(#"{"who":"a","lines":[{"line":"x"}]}"#)?.path == "lines[0].qty")
        #expect(problem(#"{"who":"a","lines":[{"line":"x","qty":1,"z":0}]}"#)?.path == "lines[0].z")
        #expect(problem(#"{"who":"a","lines":[{"line":"x","qty":1},{"line":"x","qty":2}]}"#)?.path == "lines[1]")
        #expect(problem(#"{"who":"a"} x"#) != nil)
        #expect(problem(#"["a"]"#) != nil)
    }

    @Test func `is bounded`() {
        let four = Array(repeating: 0, count: 4).indices.map { #"{"line":"\#($0)","qty":1}"# }.joined(separator: ",")
        #expect(problem(#"{"who":"a","lines":[\#(four)]}"#)?.message == "more than 3 elements")
        let long = String(repeating: "x", count: DataLimits.textBytesMax)
        #expect(problem(#"{"who":"\#(long)"}"#) == nil)
        #expect(problem(#"{"who":"\#(long)y"}"#)?.path == "who")
        let spaces = String(repeating: " ", count: DataLimits.bytesMax)
        #expect(problem(#"{"who":"a"}"# + spaces)?.offset == 0)
    }

    @Test func `has counts and amounts from 0 up, within 64 bits`() {
        #expect(field("qty", "9223372036854775807") == .int(.max))
        #expect(field("cents", "0") == .int(0))
        #expect(field("signed", "-9223372036854775808") == .int(.min))
        for json in ["-1", "9223372036854775808", "1.5", "1e2", "\"1\"", "true", "[]", "{}"] {
            #expect(field("qty", json) == nil, "\(json)")
            #expect(field("cents", json) == nil, "\(json)")
        }
        #expect(field("signed", "-9223372036854775809") == nil)
        #expect(field("flag", "1") == nil)
        #expect(field("flag", "\"true\"") == nil)
    }

    @Test func `takes durations and times as people write them or in milliseconds`() {
        #expect(field("wait", "\"1h30m\"") == .int(5_400_000))
        #expect(field("wait", "250") == .int(250))
        #expect(field("at", "\"2026-11-21T10:00:00Z\"") == .int(1_795_255_200_000))
        #expect(field("at", "\"2026-11-21T10:00:00.250+08:00\"") == .int(1_795_226_400_250))
        for json in ["\"\"", "\"30\"", "\"m\"", "\"1y\"", "\"999999999999999d\"", "\"-5m\"", "1.5"] {
            #expect(field("wait", json) == nil, "\(json)")
        }
        for time in ["2026-11-21", "2026-11-21T10:00:00", "2026-02-30T10:00:00Z", "2026-11-21T24:00:00Z", "x"] {
            #expect(field("at", "\"\(time)\"") == nil, "\(time)")
        }
    }

    @Test(
        arguments: [
            ("PT30M", "30m"), ("P1DT2H", "1d2h"), ("PT90S", "1m30s"), ("P1M", nil), ("PT", nil), ("P", nil),
            ("PT5", nil),
        ])
    func `tells how a duration of ISO 8601 is written here`(text: String, meant: String?) {
        let type = RecordType([.init(name: "wait", type: .number(.duration), isOptional: false)])
        let problem: JSONProblem?
        do throws(JSONProblem) {
            _ = try type.decode(Array(#"{"wait":"\#(text)"}"#.utf8))
            problem = nil
        } catch {
            problem = error
        }
        let told = meant.map { "; \(text) is written \"\($0)\"" } ?? ""
        #expect(problem?.message == "expected a duration such as \"30m\" or \"1h30m\", or milliseconds\(told)")
    }

    @Test func `tells back no duration that is longer than one`() throws {
        let type = RecordType([.init(name: "wait", type: .number(.duration), isOptional: false)])
        let json = Array(#"{"wait":"PT\#(String(repeating: "0", count: 5_000))5M"}"#.utf8)
        let problem = #expect(throws: JSONProblem.self) { try type.decode(json) }
        #expect(try #require(problem).message.count < 100)
    }

    @Test func `damaged in any way is refused or decoded, and never trapped on`() {
        let whole = Array(
            #"{"who":"ann\u00e9","qty":3,"wait":"1h","at":"2026-11-21T10:00:00Z","lines":[{"line":"a","qty":1}]}"#.utf8)
        var lot = SeededLot(3)
        var refused = 0
        for _ in 0..<10_000 {
            var bytes = whole
            for _ in 0...lot.below(3) { lot.damage(&bytes) }
            do throws(JSONProblem) {
                let values = try type.decode(bytes)
                #expect(values.count == type.fields.count)
            } catch {
                #expect(error.offset <= bytes.count)
                refused += 1
            }
        }
        #expect(refused > 5_000 && refused < 10_000)
    }
}
